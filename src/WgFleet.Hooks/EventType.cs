namespace WgFleet.Hooks;

/// <summary>One type of event: an entry of the table in <see cref="EventTypes"/>.</summary>
internal sealed record EventType
{
    private EventType()
    {
    }

    /// <summary>Its name on the wire and in the database.</summary>
    public required string Name { get; init; }

    /// <summary>The class of its events.</summary>
    public required Type Record { get; init; }

    /// <summary>What is stored of an event besides its stamp.</summary>
    public required Func<FleetEvent, EventData> Write { get; init; }

    /// <summary>Creates an event from what is stored. Throws <see cref="System.Text.Json.JsonException"/> or <see cref="FormatException"/> if a value that it needs is missing or cannot be read.</summary>
    public required Func<EventData, EventStamp, FleetEvent> Read { get; init; }

    /// <summary>Creates a sample event to test a hook with.</summary>
    public required Func<EventSample, EventStamp, FleetEvent> MakeUp { get; init; }

    /// <summary>The sentence of an event for people, without its subject: "came online".</summary>
    public required Func<FleetEvent, string> Tell { get; init; }

    /// <summary>Whether only hooks that ask for it by name get it.</summary>
    public bool OnlyByName { get; init; }

    /// <summary>Whether it is recorded only while a hook asks for it.</summary>
    public bool OnlyWhileAskedFor { get; init; }

    /// <summary>Whether it changes what projections show, so that they run.</summary>
    public bool RunsProjections { get; init; } = true;

    /// <summary>An entry. The client of an event is written in addition to what <paramref name="write"/> returns.</summary>
    public static EventType Of<TEvent>(
        string name, Func<TEvent, EventData> write, Func<EventData, EventStamp, TEvent> read, Func<EventSample, EventStamp, TEvent> makeUp, Func<TEvent, string> tell)
        where TEvent : FleetEvent => new()
        {
            Name = name,
            Record = typeof(TEvent),
            Write = e => write((TEvent)e) with { Client = e.Client is { } client ? ClientData.From(client) : null },
            Read = read,
            MakeUp = makeUp,
            Tell = e => tell((TEvent)e),
        };
}

/// <summary>What sample events are about.</summary>
/// <param name="Client">A client that does not exist.</param>
/// <param name="Version">The server's version.</param>
internal sealed record EventSample(Client Client, string Version);
