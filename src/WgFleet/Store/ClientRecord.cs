using System.Net;
using System.Net.Sockets;
using WgFleet.WireGuard;

namespace WgFleet.Store;

/// <summary>
/// The facts of a client that its row (<see cref="StoredClient"/>), the live client (RegisteredClient) and its
/// tombstone (<see cref="Tombstone"/>) share, which derive from it. A new fact is a property here, a line in
/// <see cref="ClientColumns"/> and a migration.
/// </summary>
internal record ClientRecord
{
    /// <summary>The number of its row: clients are listed in this order, and no other client gets the number while a tombstone has it.</summary>
    public long Id { get; init; }

    public string Fleet { get; init; } = "";

    public WireGuardKey PublicKey { get; init; }

    /// <summary>The address that it is known by: IPv6 if its fleet has it, else IPv4.</summary>
    public IPAddress Address { get; init; } = IPAddress.IPv6None;

    /// <summary>Its IPv4 address beside an IPv6 one; null if <see cref="Address"/> is its only one.</summary>
    public IPAddress? SecondAddress { get; init; }

    /// <summary>All of its addresses.</summary>
    public IReadOnlyList<IPAddress> Addresses => SecondAddress is { } second ? [Address, second] : [Address];

    /// <summary>Its IPv4 address; null if it has none.</summary>
    public IPAddress? Address4 => Address.AddressFamily == AddressFamily.InterNetwork ? Address : SecondAddress;

    /// <summary>Where the registration came from, as text; may be anything a trusted proxy said.</summary>
    public string RequestAddress { get; init; } = "";

    public string? Hostname { get; init; }

    /// <summary>The operator who gave it the name, which it then keeps whatever it asks for; null if none did.</summary>
    public string? NamedBy { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>How long it may be silent before it is pruned; null for prune_timeout of the configuration.</summary>
    public TimeSpan? PruneTimeout { get; init; }

    /// <summary>The tags of the enrollment token that it registered with, as operators have changed them since.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = Store.Tags.None;

    /// <summary>What the machine says of itself, by the names of <see cref="Store.Facts"/>.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = Store.Facts.None;

    /// <summary>The preshared key of its tunnel, as its last registration gave it; null if it gave none.</summary>
    public PresharedKey? PresharedKey { get; init; }

    /// <summary>Why it is never pruned; null if it may be.</summary>
    public Pin? Pinned { get; init; }

    /// <summary>The time of the last client.online event, if no client.offline event followed; null otherwise.</summary>
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

    /// <summary>The address and UDP port that WireGuard last heard the client from; null if unknown.</summary>
    public IPEndPoint? Endpoint { get; init; }
}

/// <summary>A row of the table removed_clients: a removed client, so that it can be shown and restored.</summary>
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

    /// <summary>The reason in the client.removed event.</summary>
    public string Cause { get; init; } = "";

    /// <summary>The operator who removed it or allowed a held prune; null if no operator did.</summary>
    public string? RemovedBy { get; init; }

    /// <summary>The last ping, or the registration.</summary>
    public DateTimeOffset LastPing { get; init; }

    public DateTimeOffset? LastHandshake { get; init; }

    public DateTimeOffset? LastTraffic { get; init; }
}

/// <summary>Why a client is never pruned: an operator pinned it.</summary>
/// <param name="Since">When it was pinned.</param>
/// <param name="By">Who pinned it.</param>
internal sealed record Pin(DateTimeOffset Since, string By);
