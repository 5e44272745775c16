namespace WgFleet.Config;

/// <summary>
/// What a fleet's interface is made of. A reload that changes nothing of it leaves the interface alone, whatever else it changes about the fleet.
/// </summary>
/// <param name="Name">The fleet's name.</param>
/// <param name="Network">The network that clients are known by.</param>
/// <param name="SecondNetwork">The IPv4 network beside an IPv6 one; null if there is none.</param>
/// <param name="Port">WireGuard's UDP port.</param>
/// <param name="Mtu">The MTU in bytes, unless wg_FLEET.conf has one; null for what wg-quick would choose.</param>
internal sealed record TunnelConfig(string Name, FleetNetwork Network, FleetNetwork? SecondNetwork, int Port, int? Mtu)
{
    /// <summary>The WireGuard interface.</summary>
    public string Interface => "wg_" + Name;

    /// <summary>Both networks, or the only one.</summary>
    public IReadOnlyList<FleetNetwork> Networks => SecondNetwork is { } second ? [Network, second] : [Network];
}
