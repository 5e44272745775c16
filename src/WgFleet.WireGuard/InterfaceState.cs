using System.Net;

namespace WgFleet.WireGuard;

/// <summary>A network interface at the moment it was read.</summary>
/// <param name="Name">The interface's name.</param>
/// <param name="Index">The kernel's number for the interface; a new one each time the interface is created.</param>
/// <param name="Kind">The kernel's kind of interface: "wireguard", "tun" for userspace WireGuard, "dummy"; null for hardware and loopback.</param>
/// <param name="IsUp">True if the interface is switched on.</param>
/// <param name="Mtu">The largest packet in bytes.</param>
/// <param name="Addresses">The IPv4 and IPv6 addresses without link-local ones, which the kernel adds by itself.</param>
public sealed record InterfaceState(string Name, int Index, string? Kind, bool IsUp, int Mtu, IReadOnlyList<InterfaceAddress> Addresses);

/// <summary>A change to an interface; a property that is null or empty leaves that part as it is.</summary>
public sealed record InterfaceChange
{
    /// <summary>The new MTU in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Switches the interface on or off.</summary>
    public bool? Up { get; init; }

    /// <summary>The addresses to add; adding an address that is there is not an error.</summary>
    public IReadOnlyList<InterfaceAddress> Add { get; init; } = [];

    /// <summary>The addresses to remove; removing an address that is not there is not an error.</summary>
    public IReadOnlyList<InterfaceAddress> Remove { get; init; } = [];

    /// <summary>
    /// The networks to route to the interface, as the kernel does by itself for the network of an address; a route that is there is not an error.
    /// </summary>
    public IReadOnlyList<IPNetwork> Routes { get; init; } = [];

    /// <summary>True if there is nothing to change.</summary>
    public bool IsEmpty => Mtu is null && Up is null && Add.Count == 0 && Remove.Count == 0 && Routes.Count == 0;
}
