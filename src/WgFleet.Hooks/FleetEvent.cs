namespace WgFleet.Hooks;

/// <summary>
/// Something that happened. Every hook that asks for it gets it. Events are stored in the transaction of the change
/// that they report, and numbered in commit order. A hook may get an event more than once (at-least-once delivery).
/// </summary>
public abstract record FleetEvent
{
    /// <summary>Its id, number and time.</summary>
    public required EventStamp Stamp { get; init; }

    /// <summary>Its ID; the same at every delivery, so that a receiver can recognize repeats.</summary>
    public string Id => Stamp.Id;

    /// <summary>Its place in the event log.</summary>
    public long Sequence => Stamp.Sequence;

    /// <summary>When the change was decided, in UTC.</summary>
    public DateTimeOffset Time => Stamp.Time;

    /// <summary>The name of the event's type, one of <see cref="EventTypes"/>.</summary>
    public abstract string Type { get; }

    /// <summary>The client that the event is about; null for <see cref="StartupEvent"/> and for what happens to a fleet.</summary>
    public abstract Client? Client { get; }

    /// <summary>The fleet that the event is about; null for <see cref="StartupEvent"/>.</summary>
    public virtual string? Fleet => Client?.Fleet;

    /// <summary>True when an operator replays a past event or a hook is tested with a made-up one.</summary>
    public bool Replayed { get; init; }
}

/// <summary>What all events have, of every type.</summary>
/// <param name="Id">"evt_" and a UUIDv7; the same at every delivery, so that a receiver can recognize repeats.</param>
/// <param name="Sequence">The place in the event log: later changes have higher numbers; gaps are possible. 0 for an event that is not in the log.</param>
/// <param name="Time">When the change was decided, in UTC.</param>
public readonly record struct EventStamp(string Id, long Sequence, DateTimeOffset Time)
{
    /// <summary>A stamp with a new ID.</summary>
    public static EventStamp New(long sequence, DateTimeOffset time) => new($"evt_{Guid.CreateVersion7(time):N}", sequence, time);
}

/// <summary>The server has started: interfaces are up where that is possible, and requests will be answered next.</summary>
/// <param name="Version">The server's version.</param>
public sealed record StartupEvent(string Version) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.Startup;

    /// <inheritdoc/>
    public override Client? Client => null;
}

/// <summary>A machine has registered and has an address; it has no name yet. WireGuard gets its peer within milliseconds.</summary>
/// <param name="Client">The new client.</param>
public sealed record ClientAdded(Client Client) : FleetEvent
{
    /// <summary>True if it is a removed client that an operator has restored, with its key and address; the next event has its name.</summary>
    public bool Restored { get; init; }

    /// <summary>The operator who restored it; null if none did.</summary>
    public FleetOperator? Operator { get; init; }

    /// <inheritdoc/>
    public override string Type => EventTypes.ClientAdded;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>A client has got a name, or another name.</summary>
/// <param name="Client">The client with its new name.</param>
/// <param name="Previous">The name it had before; null if none.</param>
public sealed record ClientHostnameChanged(Client Client, string? Previous) : FleetEvent
{
    /// <summary>The operator who renamed or restored it; null if none did.</summary>
    public FleetOperator? Operator { get; init; }

    /// <inheritdoc/>
    public override string Type => EventTypes.ClientHostnameChanged;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>A client and its peer have been removed. One event per client.</summary>
/// <param name="Client">The client as it was last.</param>
/// <param name="Reason">Why: "stale" when it was silent for too long, "removed" when an operator asked for it, "left" when the machine left the fleet, "tunnel" when WireGuard did not set the new client's peer.</param>
public sealed record ClientRemoved(Client Client, string Reason) : FleetEvent
{
    /// <summary>The operator who removed it or allowed the held prune; null if none did.</summary>
    public FleetOperator? Operator { get; init; }

    /// <inheritdoc/>
    public override string Type => EventTypes.ClientRemoved;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>
/// A handshake or bytes came from a client, and the last presence event was that it is offline, or there was
/// none yet. Only hooks that ask for this event by name get it.
/// </summary>
/// <param name="Client">The client.</param>
public sealed record ClientOnline(Client Client) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.ClientOnline;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>
/// A client that was online has been silent for offline_after, or is being removed. Only hooks that ask for this event
/// by name get it.
/// </summary>
/// <param name="Client">The client.</param>
/// <param name="LastSeen">Its last handshake, or when bytes last came from it, in UTC.</param>
public sealed record ClientOffline(Client Client, DateTimeOffset LastSeen) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.ClientOffline;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>A client has registered again from another image than before. Only hooks that ask for this event by name get it.</summary>
/// <param name="Client">The client as it is now; its facts have the image.</param>
/// <param name="Previous">The image that it ran before.</param>
public sealed record ClientImageChanged(Client Client, string Previous) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.ClientImageChanged;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>
/// A client has registered again and said something else of itself than before, but no other image. Only hooks that ask for this event by name get it.
/// </summary>
/// <param name="Client">The client as it is now.</param>
public sealed record ClientFactsChanged(Client Client) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.ClientFactsChanged;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>
/// A client has registered again and got an IPv4 address, because its fleet has IPv4 since then, or has other IPv4 addresses. Only hooks that ask for this event by name get it.
/// </summary>
/// <param name="Client">The client as it is now, with the address.</param>
public sealed record ClientAddressChanged(Client Client) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.ClientAddressChanged;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>An operator has changed the tags of a client. Only hooks that ask for this event by name get it.</summary>
/// <param name="Client">The client as it is now, with its tags.</param>
/// <param name="Previous">The tags that it had before.</param>
public sealed record ClientTagsChanged(Client Client, IReadOnlyDictionary<string, string> Previous) : FleetEvent
{
    /// <summary>The operator who changed them; null if none did.</summary>
    public FleetOperator? Operator { get; init; }

    /// <inheritdoc/>
    public override string Type => EventTypes.ClientTagsChanged;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>
/// Several machines use a client's key: each cuts the tunnel of the others. Recorded once for as long as they do. Only hooks that ask for this event by name get it.
/// </summary>
/// <param name="Client">The client.</param>
/// <param name="Endpoints">The addresses and ports that the key was heard from in the minutes before, the latest last; some may be missing.</param>
/// <param name="Identities">The fact identity of the machines that pinged with the key, the latest last; empty if they do not say.</param>
public sealed record ClientCloned(Client Client, IReadOnlyList<string> Endpoints, IReadOnlyList<string> Identities) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.ClientCloned;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;

    /// <summary>Whether all properties are equal, with the lists compared by content.</summary>
    public bool Equals(ClientCloned? other) =>
        other is not null && base.Equals(other) && Client.Equals(other.Client) && Endpoints.SequenceEqual(other.Endpoints) && Identities.SequenceEqual(other.Identities);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Client);
}

/// <summary>
/// Another program changed a fleet's interface, and the server has repaired it. Only hooks that ask for this event by name get it.
/// </summary>
/// <param name="Name">The fleet's name.</param>
/// <param name="Reason">What was wrong, in words: "it listens on UDP port 40000 instead of 51820; it is down".</param>
public sealed record FleetRepaired(string Name, string Reason) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.FleetRepaired;

    /// <inheritdoc/>
    public override Client? Client => null;

    /// <inheritdoc/>
    public override string? Fleet => Name;
}

/// <summary>A fleet has come into another phase of its time-table, or into none. Only hooks that ask for this event by name get it.</summary>
/// <param name="Name">The fleet's name.</param>
/// <param name="Phase">The phase that it is in now; null for none.</param>
/// <param name="Previous">The phase that it was in before; null for none.</param>
/// <param name="Until">When the phase ends, in UTC; null for none.</param>
public sealed record FleetPhaseChanged(string Name, string? Phase, string? Previous, DateTimeOffset? Until) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.FleetPhaseChanged;

    /// <inheritdoc/>
    public override Client? Client => null;

    /// <inheritdoc/>
    public override string? Fleet => Name;
}

/// <summary>One of several gateways took the lease on the database that they share, and serves the fleets from then on.</summary>
/// <param name="Gateway">The name of the gateway.</param>
/// <param name="Epoch">The number of the taking, which grows with each.</param>
/// <param name="Cause">Why it could take it: first, released, expired, or own after its restart.</param>
public sealed record GatewayTookOver(string Gateway, long Epoch, string Cause) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.GatewayTookOver;

    /// <inheritdoc/>
    public override Client? Client => null;
}
