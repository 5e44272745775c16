using WgFleet.Fleets.State;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>A client as operators are told of it. Nothing of it is secret.</summary>
internal sealed record ClientInfo
{
    public required string Fleet { get; init; }

    public required string Address { get; init; }

    public string? Hostname { get; init; }

    public string? Fqdn { get; init; }

    public required string PublicKey { get; init; }

    /// <summary>Where its registration came from; may be anything a trusted proxy said.</summary>
    public required string RequestAddress { get; init; }

    public bool Online { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>The latest handshake, ping or received byte.</summary>
    public DateTimeOffset LastSeen { get; init; }

    public DateTimeOffset LastPing { get; init; }

    /// <summary>Absent if it never shook hands.</summary>
    public DateTimeOffset? LastHandshake { get; init; }

    public long ReceivedBytes { get; init; }

    public long SentBytes { get; init; }

    /// <summary>How long it may be quiet, where its token says so; absent for what the configuration says.</summary>
    public long? PruneTimeoutSeconds { get; init; }

    /// <summary>What the token that let it in has noted; absent for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>What keeps it from being pruned; absent if nothing does.</summary>
    public PinInfo? Pinned { get; init; }

    public static ClientInfo Of(RegisteredClient member, string domain, DateTimeOffset now) => new()
    {
        Fleet = member.Fleet,
        Address = member.Address.ToString(),
        Hostname = member.Hostname,
        Fqdn = member.ToClient(domain).Fqdn,
        PublicKey = member.PublicKey.ToString(),
        RequestAddress = member.RequestAddress,
        Online = member.Liveness.IsOnline(now),
        RegisteredAt = member.RegisteredAt,
        LastSeen = member.Liveness.LastSeen,
        LastPing = member.Liveness.LastPing,
        LastHandshake = member.Liveness.LastHandshake,
        ReceivedBytes = member.Liveness.ReceivedBytes,
        SentBytes = member.Liveness.SentBytes,
        PruneTimeoutSeconds = (long?)member.PruneTimeout?.TotalSeconds,
        Tags = member.Tags.Count == 0 ? null : member.Tags,
        Pinned = PinInfo.Of(member.Pinned),
    };
}

/// <summary>Since when a client is pinned, and who did it.</summary>
internal sealed record PinInfo(DateTimeOffset Since, string By)
{
    public static PinInfo? Of(Pin? pin) => pin is null ? null : new(pin.Since, pin.By);
}

/// <summary>One page of clients.</summary>
/// <param name="Clients">The clients of the page.</param>
/// <param name="Found">How many there are on all pages.</param>
/// <param name="Next">The cursor of the next page; absent on the last.</param>
internal sealed record ClientsResponse(IReadOnlyList<ClientInfo> Clients, int Found, string? Next);

/// <summary>
/// A fleet as operators are told of it. Its prune is <c>on</c>, <c>held</c> or <c>frozen</c>; its state is <c>up</c>, <c>degraded</c> or <c>down</c>,
/// with a reason unless it is up.
/// </summary>
internal sealed record FleetInfo(
    string Name, string Interface, string Gateway, string Subnet, string ExternalIp, int Port, int Clients, int Online, string Prune, string State, DateTimeOffset StateSince, string? Reason)
{
    public static FleetInfo Of(FleetSnapshot fleet, FleetStatus status, DateTimeOffset now) => new(
        fleet.Config.Name, fleet.Config.Interface, fleet.Config.Ip6.ToString(), fleet.Config.Subnet.ToString(), fleet.Config.ExternalIp, fleet.Config.Port,
        fleet.Count, fleet.ById.Values.Count(m => m.Liveness.IsOnline(now)),
        fleet.Frozen is not null ? "frozen" : fleet.Held is not null ? "held" : "on", status.Word, status.Since, status.Reason);
}

/// <summary>All fleets, in the order of the configuration.</summary>
internal sealed record FleetsResponse(IReadOnlyList<FleetInfo> Fleets);
