using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace WgFleet.Config;

/// <summary>What clients are told of their end of the tunnel, besides where the gateway is.</summary>
internal sealed record ClientTunnelConfig
{
    /// <summary>What clients are told unless the file says otherwise: what the Python server tells them.</summary>
    public static readonly ClientTunnelConfig Default = new();

    /// <summary>The MTU in bytes; null for whatever the client chooses.</summary>
    public int? Mtu { get; init; }

    /// <summary>How often an idle client sends a keepalive; zero for never.</summary>
    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>The networks behind the gateway that clients may reach through the tunnel.</summary>
    public IReadOnlyList<IPNetwork> Routes { get; init; } = [];

    /// <summary>The addresses of the DNS servers that clients are to ask while the tunnel is up, and the domains in which they look for short names.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Whether each client gets a preshared key.</summary>
    public bool Preshared { get; init; }

    /// <summary>Text that changes when any of it changes, by which a client notices that; null if nothing is configured.</summary>
    /// <param name="second">The fleet's IPv4 network beside its IPv6 one; null if there is none.</param>
    public string? MarkWith(FleetNetwork? second)
    {
        if (this == Default && second is null)
            return null;

        var told = string.Create(
            CultureInfo.InvariantCulture,
            $"{Mtu} {Keepalive.TotalSeconds} {string.Join(',', Routes)}{(Dns.Count == 0 ? "" : $" dns {string.Join(',', Dns)}")}{(Preshared ? " preshared" : "")}{(second is null ? "" : $" ip4 {second.Gateway} {second.Subnet}")}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(told)).AsSpan(0, 4));
    }
}
