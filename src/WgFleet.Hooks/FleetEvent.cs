namespace WgFleet.Hooks;

/// <summary>
/// One thing that happened, told to every hook that asks for it. Events are stored in the transaction of the change
/// they tell of and numbered in commit order; a hook may see one more than once (at least once delivery).
/// </summary>
public abstract record FleetEvent
{
    /// <summary>Which event it is, and when it happened.</summary>
    public required EventStamp Stamp { get; init; }

    /// <summary>Its ID; the same however often the event is delivered, so a receiver can drop repeats.</summary>
    public string Id => Stamp.Id;

    /// <summary>Its place in the event log.</summary>
    public long Sequence => Stamp.Sequence;

    /// <summary>When the change was decided, in UTC.</summary>
    public DateTimeOffset Time => Stamp.Time;

    /// <summary>The event's name on every wire, one of <see cref="EventTypes"/>.</summary>
    public abstract string Type { get; }

    /// <summary>The client that the event is about; null for <see cref="StartupEvent"/> and <see cref="FleetRepaired"/>.</summary>
    public abstract Client? Client { get; }

    /// <summary>The fleet that the event is about; null for <see cref="StartupEvent"/>.</summary>
    public virtual string? Fleet => Client?.Fleet;

    /// <summary>True when an operator replays a past event or a hook is tested with a made-up one.</summary>
    public bool Replayed { get; init; }
}

/// <summary>What each event has, whatever its type.</summary>
/// <param name="Id">"evt_" and a UUIDv7; the same however often the event is delivered, so a receiver can drop repeats.</param>
/// <param name="Sequence">The place in the event log: later changes have higher numbers; gaps are possible. 0 for an event that is not in the log.</param>
/// <param name="Time">When the change was decided, in UTC.</param>
public readonly record struct EventStamp(string Id, long Sequence, DateTimeOffset Time)
{
    /// <summary>A stamp with a new ID.</summary>
    public static EventStamp New(long sequence, DateTimeOffset time) => new($"evt_{Guid.CreateVersion7(time):N}", sequence, time);
}

/// <summary>The server has started: WireGuard agrees with the database, requests are about to be answered.</summary>
/// <param name="Version">The server's version.</param>
public sealed record StartupEvent(string Version) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.Startup;

    /// <inheritdoc/>
    public override Client? Client => null;
}

/// <summary>A machine has registered and has an address; it has no name yet. WireGuard gets its peer at the same time, within milliseconds.</summary>
/// <param name="Client">The new client.</param>
public sealed record ClientAdded(Client Client) : FleetEvent
{
    /// <summary>True if it is a removed client that an operator has restored, with its key and address; its name comes as the next event.</summary>
    public bool Restored { get; init; }

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
    /// <inheritdoc/>
    public override string Type => EventTypes.ClientHostnameChanged;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>A client is gone, with its peer. One event per client.</summary>
/// <param name="Client">The client as it was last.</param>
/// <param name="Reason">Why: "stale" when it went quiet, "removed" when an operator asked for it, "left" when the machine did, "tunnel" when WireGuard did not take the new client.</param>
public sealed record ClientRemoved(Client Client, string Reason) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => EventTypes.ClientRemoved;

    /// <inheritdoc/>
    public override Client Client { get; } = Client;
}

/// <summary>
/// A client was heard of, by a handshake or by bytes that came from it, and hooks were told before that it is offline, or
/// nothing yet. Told only to hooks that ask for it by name.
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
/// A client that was online has been silent for the config's offline_after, or is being removed. Told only to hooks that ask for
/// it by name.
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

/// <summary>
/// A fleet's interface was not as it should be, because another program changed it, and is again. Told only to hooks that ask for it by name.
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
