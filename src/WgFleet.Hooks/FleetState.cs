using System.Net;

namespace WgFleet.Hooks;

/// <summary>
/// All fleets and their clients at one moment, for projections and for <see cref="HookContext.State"/>
/// of handlers. Immutable; reading it needs no lock and no database.
/// </summary>
/// <param name="Sequence">The number of the last event this state contains.</param>
/// <param name="Domain">The domain that all full names end with.</param>
/// <param name="Fleets">The fleets, in the order of the configuration.</param>
/// <param name="Clients">All clients of all fleets, in the order of registration; enumerated anew at each use.</param>
public sealed record FleetState(long Sequence, string Domain, IReadOnlyList<Fleet> Fleets, IEnumerable<Client> Clients);

/// <summary>One fleet: a WireGuard interface on the gateway and the subnet of its clients.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Interface">The WireGuard interface, wg_ and the name.</param>
/// <param name="GatewayAddress">The gateway's own address in the subnet.</param>
/// <param name="Subnet">The subnet that clients get the addresses from by which they are known: IPv6 if the fleet has it, else IPv4.</param>
/// <param name="Port">The UDP port WireGuard listens on.</param>
public sealed record Fleet(string Name, string Interface, IPAddress GatewayAddress, IPNetwork Subnet, int Port)
{
    /// <summary>The gateway's own IPv4 address, which is <see cref="GatewayAddress"/> if the fleet has no IPv6; null if it has no IPv4.</summary>
    public IPAddress? Gateway4 { get; init; }

    /// <summary>The IPv4 subnet that clients get addresses from, which is <see cref="Subnet"/> if the fleet has no IPv6; null if it has no IPv4.</summary>
    public IPNetwork? Subnet4 { get; init; }
}
