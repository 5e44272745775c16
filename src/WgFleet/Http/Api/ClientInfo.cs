using WgFleet.Fleets.State;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>A client as operators see it. Nothing of it is secret.</summary>
internal sealed record ClientInfo
{
    public required string Fleet { get; init; }

    public required string Address { get; init; }

    /// <summary>Its IPv4 address, which is address where the fleet has no IPv6; absent if it has none.</summary>
    public string? Address4 { get; init; }

    public string? Hostname { get; init; }

    public string? Fqdn { get; init; }

    /// <summary>The operator who gave it its name, which it keeps whatever it asks for; absent if none did.</summary>
    public string? NamedBy { get; init; }

    public required string PublicKey { get; init; }

    /// <summary>Where its registration came from; may be anything a trusted proxy said.</summary>
    public required string RequestAddress { get; init; }

    public bool Online { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>The latest handshake, ping or received byte.</summary>
    public DateTimeOffset LastSeen { get; init; }

    public DateTimeOffset LastPing { get; init; }

    /// <summary>Absent if there was none.</summary>
    public DateTimeOffset? LastHandshake { get; init; }

    public long ReceivedBytes { get; init; }

    public long SentBytes { get; init; }

    /// <summary>How long it may be silent before it is pruned, where its token says so; absent where the configuration says it.</summary>
    public long? PruneTimeoutSeconds { get; init; }

    /// <summary>The tags of the token that let it in, and those that operators gave it; absent if there are none.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>What the machine said of itself when it registered; absent if it said nothing.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    /// <summary>What shows that several machines use its key; absent if nothing does.</summary>
    public SharedKeyInfo? SharedKey { get; init; }

    /// <summary>Absent if it is not pinned.</summary>
    public PinInfo? Pinned { get; init; }

    public static ClientInfo Of(RegisteredClient client, string domain, DateTimeOffset now) => new()
    {
        Fleet = client.Fleet,
        Address = client.Address.ToString(),
        Address4 = client.Address4?.ToString(),
        Hostname = client.Hostname,
        Fqdn = client.ToClient(domain).Fqdn,
        NamedBy = client.NamedBy,
        PublicKey = client.PublicKey.ToString(),
        RequestAddress = client.RequestAddress,
        Online = client.Liveness.IsOnline(now),
        RegisteredAt = client.RegisteredAt,
        LastSeen = client.Liveness.LastSeen,
        LastPing = client.Liveness.LastPing,
        LastHandshake = client.Liveness.LastHandshake,
        ReceivedBytes = client.Liveness.ReceivedBytes,
        SentBytes = client.Liveness.SentBytes,
        PruneTimeoutSeconds = (long?)client.PruneTimeout?.TotalSeconds,
        Tags = client.Tags.Count == 0 ? null : client.Tags,
        Facts = client.Facts.Count == 0 ? null : client.Facts,
        SharedKey = SharedKeyInfo.Of(client.Liveness.Shared(now)),
        Pinned = PinInfo.Of(client.Pinned),
    };
}

/// <summary>Since when a client is pinned, and who did it.</summary>
internal sealed record PinInfo(DateTimeOffset Since, string By)
{
    public static PinInfo? Of(Pin? pin) => pin is null ? null : new(pin.Since, pin.By);
}

/// <summary>Several machines use a client's key.</summary>
/// <param name="Since">Since when that is known.</param>
/// <param name="Text">A sentence without its subject, for people.</param>
/// <param name="Endpoints">Where WireGuard heard the key from in the last minutes, the latest last; it may have missed some.</param>
/// <param name="Identities">The fact identity of the machines that pinged with it, the latest last; empty if they do not say.</param>
internal sealed record SharedKeyInfo(DateTimeOffset Since, string Text, IReadOnlyList<string> Endpoints, IReadOnlyList<string> Identities)
{
    public static SharedKeyInfo? Of(SharedKey? shared) => shared is null ? null : new(shared.Since, shared.Text, shared.Endpoints, shared.Identities);
}
