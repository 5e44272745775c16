using System.Net;

namespace WgFleet.Config;

/// <summary>
/// What a fleet's interface is made of. A reload that changes nothing of it leaves the interface alone, whatever else it changes about the fleet.
/// </summary>
/// <param name="Name">The fleet's name.</param>
/// <param name="Ip6">The gateway's own address in the tunnel.</param>
/// <param name="Ip6Text">The gateway's own address as it is spelled in the file, which is how wg_FLEET.conf gets it.</param>
/// <param name="Subnet">The subnet that clients get addresses from, without host bits.</param>
/// <param name="Port">WireGuard's UDP port.</param>
/// <param name="Mtu">The MTU in bytes, unless wg_FLEET.conf has one; null for what wg-quick would choose.</param>
internal sealed record TunnelConfig(string Name, IPAddress Ip6, string Ip6Text, IPNetwork Subnet, int Port, int? Mtu)
{
    /// <summary>The WireGuard interface.</summary>
    public string Interface => "wg_" + Name;
}
