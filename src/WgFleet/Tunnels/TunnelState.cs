using System.Net;
using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <summary>A fleet's interface at the moment it was read.</summary>
/// <param name="Interface">The interface; null if there is none.</param>
/// <param name="Device">Its WireGuard device; null if no program or kernel module answers for it.</param>
/// <param name="Paths">For each network of the fleet the interface that the kernel sends packets for clients to; null if it has no route to them.</param>
internal sealed record TunnelState(InterfaceState? Interface, Device? Device, IReadOnlyList<string?>? Paths = null);

/// <summary>The planned state of a fleet's interface.</summary>
/// <param name="PublicKey">The gateway's key, which the clients have; null for any.</param>
/// <param name="Port">The UDP port.</param>
/// <param name="Addresses">The addresses; others may be there too.</param>
/// <param name="Mtu">The MTU; null for any.</param>
/// <param name="Subnets">The networks that are routed to the interface, in the order of <see cref="TunnelState.Paths"/>; null for any.</param>
internal sealed record TunnelPlan(WireGuardKey? PublicKey, int Port, IReadOnlyList<InterfaceAddress> Addresses, int? Mtu, IReadOnlyList<IPNetwork>? Subnets = null)
{
    /// <summary>Lists the differences between an interface and this plan, peers excepted; empty if there are none.</summary>
    public IReadOnlyList<TunnelDifference> Compare(TunnelState state)
    {
        if (state.Interface is not { } link)
            return [new(TunnelFault.Missing, "it is missing")];

        if (state.Device is not { } device)
            return [new(TunnelFault.WrongKind, $"it is not a WireGuard interface but {Kind(link)}")];

        return [.. Differences(link, device, state.Paths ?? [])];
    }

    private IEnumerable<TunnelDifference> Differences(InterfaceState link, Device device, IReadOnlyList<string?> paths)
    {
        if (device.PrivateKey is null)
            yield return new(TunnelFault.WrongKey, "it has no private key");
        else if (PublicKey is { } key && device.PrivateKey.PublicKey != key)
            yield return new(TunnelFault.WrongKey, $"its public key is {device.PrivateKey.PublicKey} instead of {key}");

        if (device.ListenPort != Port)
            yield return new(TunnelFault.WrongPort, $"it listens on UDP port {device.ListenPort} instead of {Port}");

        if (Mtu is { } mtu && link.Mtu != mtu)
            yield return new(TunnelFault.WrongMtu, $"its MTU is {link.Mtu} instead of {mtu}");

        // Link-local addresses are not compared, because the kernel adds its own.
        foreach (var address in Addresses.Where(a => !a.Address.IsIPv6LinkLocal && !link.Addresses.Contains(a)))
            yield return new(TunnelFault.AddressMissing, $"it lacks the address {address}");

        if (!link.IsUp)
            yield return new(TunnelFault.Down, "it is down");

        for (var i = 0; link.IsUp && i < Subnets?.Count; i++)
        {
            if (paths.ElementAtOrDefault(i) is var path && path != link.Name)
                yield return new(TunnelFault.NoPath, path is not null ? $"packets for {Subnets[i]} go to {path}" : $"it has no route to {Subnets[i]}") { Subnet = Subnets[i] };
        }
    }

    // Userspace WireGuard is a tun device that a program serves.
    private static string Kind(InterfaceState link) => link.Kind switch
    {
        null => "another device",
        "tun" => "a tun device without a WireGuard program",
        var kind => $"of kind {kind}",
    };
}

/// <summary>What is wrong with an interface.</summary>
internal enum TunnelFault
{
    Missing,
    WrongKind,
    WrongKey,
    WrongPort,
    WrongMtu,
    AddressMissing,
    Down,
    NoPath,
}

/// <summary>One difference between an interface and its plan.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Description">The same in words, for a sentence about the interface: "it is down".</param>
internal sealed record TunnelDifference(TunnelFault Fault, string Description)
{
    /// <summary>The network that is not routed to the interface, if that is what is wrong.</summary>
    public IPNetwork? Subnet { get; init; }
}
