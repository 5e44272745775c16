using System.Net;

namespace WgFleet.Hooks;

/// <summary>A registered machine, as hooks see it. Never holds a private key.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Address">Its address in the tunnel.</param>
/// <param name="Hostname">Its name in the fleet; null until it has told one.</param>
/// <param name="Fqdn">hostname.fleet.domain; null without a hostname.</param>
/// <param name="PublicKey">Its WireGuard public key, base64.</param>
/// <param name="RequestAddress">Where its registration came from, as text; may be anything a trusted proxy said.</param>
/// <param name="RegisteredAt">When it registered, in UTC.</param>
public sealed record Client(
    string Fleet,
    IPAddress Address,
    string? Hostname,
    string? Fqdn,
    string PublicKey,
    string RequestAddress,
    DateTimeOffset RegisteredAt);
