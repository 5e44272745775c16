using System.Collections.ObjectModel;
using System.Net;

namespace WgFleet.Hooks;

/// <summary>A registered machine, as hooks see it. Never holds a private key.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Address">Its address in the tunnel, by which it is known: IPv6 if its fleet has it, else IPv4.</param>
/// <param name="Hostname">Its name in the fleet; null until it has one.</param>
/// <param name="Fqdn">hostname.fleet.domain; null without a hostname.</param>
/// <param name="PublicKey">Its WireGuard public key, base64.</param>
/// <param name="RequestAddress">The address that its registration came from, as text; may be any text that a trusted proxy sent.</param>
/// <param name="RegisteredAt">When it registered, in UTC.</param>
public sealed record Client(
    string Fleet,
    IPAddress Address,
    string? Hostname,
    string? Fqdn,
    string PublicKey,
    string RequestAddress,
    DateTimeOffset RegisteredAt)
{
    /// <summary>Its IPv4 address in the tunnel, which is <see cref="Address"/> if it has no other; null if it has none.</summary>
    public IPAddress? Address4 { get; init; }

    /// <summary>All of its addresses in the tunnel, <see cref="Address"/> first.</summary>
    public IReadOnlyList<IPAddress> Addresses => Address4 is null || Address4.Equals(Address) ? [Address] : [Address, Address4];

    /// <summary>The tags that its enrollment token has given it, by key; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>What the machine said of itself when it registered, by name, such as image or board_serial; empty if it said nothing. Nobody has checked it.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Whether all properties are equal, with tags and facts compared by content.</summary>
    public bool Equals(Client? other) =>
        other is not null
        && (Fleet, Hostname, Fqdn, PublicKey, RequestAddress, RegisteredAt) == (other.Fleet, other.Hostname, other.Fqdn, other.PublicKey, other.RequestAddress, other.RegisteredAt)
        && Address.Equals(other.Address)
        && Equals(Address4, other.Address4)
        && AreSame(Tags, other.Tags)
        && AreSame(Facts, other.Facts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Fleet, Address, Hostname, PublicKey, RegisteredAt);

    private static bool AreSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        ReferenceEquals(one, other) || (one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var value) && value == entry.Value));
}
