using System.Text.Json;
using WgFleet.Events;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Admin;

/// <summary>The event log as operators see it, and the replay of a part of it to one hook.</summary>
internal sealed partial class HookAdmin
{
    private const int BatchSize = 500;

    /// <summary>The last events. Blocks for the database.</summary>
    public EventsInfo Latest(int limit) => new(hooks.Events.Head, [.. store.LatestEvents(limit).Select(row => InfoOf(StoredEvent.Of(row)))]);

    /// <summary>The events behind a number; waits for the first if there is none yet, until cancelled.</summary>
    public async Task<EventsInfo> AfterAsync(long after, CancellationToken cancellationToken)
    {
        await hooks.Events.WaitAsync(after, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var head = hooks.Events.Head;
        return new(head, [.. hooks.Events.After(after, BatchSize).Select(InfoOf)]);
    }

    /// <summary>Delivers past events to a hook again; returns how many, or would be. Blocks for the database.</summary>
    /// <param name="name">The hook; it gets those events that it wants.</param>
    /// <param name="from">The first, as <see cref="EventPosition"/> has it.</param>
    /// <param name="to">The last; null for the last that the hook has had.</param>
    /// <param name="type">Only this type; null for all.</param>
    /// <param name="dryRun">Only count.</param>
    public int Replay(string name, string from, string? to, string? type, bool dryRun)
    {
        var hook = WithEvents(name);
        var next = PositionOf(name, from) switch
        {
            { Sequence: { } sequence } => sequence,
            var position => store.FirstSince(position.Time!.Value) ?? long.MaxValue,
        };
        var end = to is null ? long.MaxValue : PositionOf(name, to) switch
        {
            { Sequence: { } sequence } => sequence,
            var position => store.FirstSince(position.Time!.Value.AddMicroseconds(1)) - 1 ?? long.MaxValue,
        };

        // What it has not had yet comes anyway.
        var last = Math.Min(end, hook.Cursor);
        var count = 0;
        while (store.EventsBetween(name, next, last, type, BatchSize) is { Count: > 0 } rows)
        {
            var wanted = rows.Where(row => hook.Wants(EventJson.FromRow(row))).ToList();
            count += dryRun ? wanted.Count : hook.Worker.Replay(wanted);
            next = rows[^1].Seq + 1;
        }

        return count;
    }

    private EventInfo InfoOf(StoredEvent stored)
    {
        var e = stored.Event;
        using var json = JsonDocument.Parse(stored.Envelope(hooks.State.Domain));
        return new()
        {
            Seq = e.Sequence,
            Time = e.Time,
            Type = e.Type,
            Fleet = e.Fleet,
            Ip = e.Client?.Address.ToString(),
            Hostname = e.Client?.Hostname,
            Event = json.RootElement.Clone(),
        };
    }

    private EventPosition PositionOf(string hook, string text) => EventPosition.Parse(text) switch
    {
        null => throw new RefusedException(Refusal.Conflict, $"'{text}' is not a position in the event log; {EventPosition.Use}"),
        { Id: { } id } => new EventPosition
        {
            Sequence = store.SequenceOf(hook, id) ?? throw new RefusedException(Refusal.Conflict, $"there is no event {id} in the log; it may no longer be kept"),
        },
        { Ago: { } ago } => new EventPosition { Time = time.GetUtcNow() - ago },
        var position => position,
    };
}

/// <summary>Events, and the number of the last one in the log.</summary>
internal sealed record EventsInfo(long Head, IReadOnlyList<EventInfo> Events);

/// <summary>One event of the log.</summary>
internal sealed record EventInfo
{
    public long Seq { get; init; }

    public DateTimeOffset Time { get; init; }

    public required string Type { get; init; }

    public string? Fleet { get; init; }

    public string? Ip { get; init; }

    public string? Hostname { get; init; }

    /// <summary>The whole event, as receivers get it.</summary>
    public JsonElement Event { get; init; }
}
