using System.Net;
using WgFleet.WireGuard;

namespace WgFleet.Store;

/// <summary>
/// The facts of a client, for as long as anything is kept of it: its heirs are its row (<see cref="StoredClient"/>), the live
/// client (RegisteredClient) and what is kept after it was removed (<see cref="Tombstone"/>). A new fact is a property here, a line in
/// <see cref="ClientColumns"/> and a migration.
/// </summary>
internal record ClientRecord
{
    /// <summary>The number of its row: clients are listed in this order, and no other client gets the number while a tombstone has it.</summary>
    public long Id { get; init; }

    public string Fleet { get; init; } = "";

    public WireGuardKey PublicKey { get; init; }

    public IPAddress Address { get; init; } = IPAddress.IPv6None;

    /// <summary>Where the registration came from, as text; may be anything a trusted proxy said.</summary>
    public string RequestAddress { get; init; } = "";

    public string? Hostname { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>How long it may be quiet before it is pruned; null for what the configuration says.</summary>
    public TimeSpan? PruneTimeout { get; init; }

    /// <summary>What the token that it enrolled with gave to it.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = Store.Tags.None;

    /// <summary>Why it is never pruned; null if it may be.</summary>
    public Pin? Pinned { get; init; }

    /// <summary>Since when hooks believe it to be online; null if they were told that it is offline, or nothing.</summary>
    public DateTimeOffset? OnlineSince { get; init; }
}

/// <summary>A row of the table clients.</summary>
internal sealed record StoredClient : ClientRecord
{
    public StoredClient()
    {
    }

    public StoredClient(ClientRecord facts)
        : base(facts)
    {
    }

    /// <summary>The last ping, or the registration.</summary>
    public DateTimeOffset LastPing { get; init; }

    public DateTimeOffset? LastHandshake { get; init; }
}

/// <summary>A row of the table removed_clients: a client that was removed, so that it can be looked at and put back.</summary>
internal sealed record Tombstone : ClientRecord
{
    public Tombstone()
    {
    }

    public Tombstone(ClientRecord facts)
        : base(facts)
    {
    }

    /// <summary>The number of the event of the removal.</summary>
    public long Sequence { get; init; }

    public DateTimeOffset RemovedAt { get; init; }

    /// <summary>The reason that hooks were told.</summary>
    public string Cause { get; init; } = "";

    /// <summary>The operator who removed it or allowed a held prune; null if no operator did.</summary>
    public string? RemovedBy { get; init; }

    /// <summary>The last ping, or the registration.</summary>
    public DateTimeOffset LastPing { get; init; }

    public DateTimeOffset? LastHandshake { get; init; }

    public DateTimeOffset? LastTraffic { get; init; }
}
