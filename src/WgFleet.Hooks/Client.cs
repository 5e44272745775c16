using System.Collections.ObjectModel;
using System.Net;

namespace WgFleet.Hooks;

/// <summary>A registered machine, as hooks see it. Never holds a private key.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Address">Its address in the tunnel.</param>
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
    /// <summary>The tags that its enrollment token has given it, by key; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Whether all properties are equal, with the tags compared by content.</summary>
    public bool Equals(Client? other) =>
        other is not null
        && (Fleet, Hostname, Fqdn, PublicKey, RequestAddress, RegisteredAt) == (other.Fleet, other.Hostname, other.Fqdn, other.PublicKey, other.RequestAddress, other.RegisteredAt)
        && Address.Equals(other.Address)
        && Tags.Count == other.Tags.Count
        && Tags.All(tag => other.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Fleet, Address, Hostname, PublicKey, RegisteredAt);
}
