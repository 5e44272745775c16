using System.Text.Json;
using WgFleet.Events;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Admin;

/// <summary>The event log as operators see it, and the replay of a part of it to one hook.</summary>
internal sealed partial class HookAdmin
{
    private const int BatchSize = 500;

    /// <summary>The number of the last event in the log.</summary>
    public long Head => hooks.Events.Head;

    /// <summary>The last events.</summary>
    public async Task<EventsInfo> LatestAsync(int limit, CancellationToken cancellationToken)
    {
        var head = Head;
        return new(head, [.. (await events.LastAsync(limit, cancellationToken)).Select(row => InfoOf(StoredEvent.Of(row)))]);
    }

    /// <summary>The events behind a number; waits for the first if there is none yet.</summary>
    /// <param name="after">The number.</param>
    /// <param name="enough">Ends the wait; what there is by then is returned.</param>
    public async Task<EventsInfo> AfterAsync(long after, CancellationToken enough)
    {
        await hooks.Events.WaitAsync(after, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var head = Head;
        return new(head, [.. (await hooks.Events.AfterAsync(after, BatchSize, CancellationToken.None)).Select(InfoOf)]);
    }

    /// <summary>Delivers past events to a hook again; returns how many, or would be.</summary>
    /// <param name="name">The hook; it gets those events that it wants.</param>
    /// <param name="from">The first, as <see cref="EventPosition"/> has it.</param>
    /// <param name="to">The last; null for the last that the hook has had.</param>
    /// <param name="type">Only this type; null for all.</param>
    /// <param name="dryRun">Only count.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="cancellationToken">Ends it; what was replayed by then stays so.</param>
    public async Task<int> ReplayAsync(string name, string from, string? to, string? type, bool dryRun, FleetOperator by, CancellationToken cancellationToken)
    {
        var hook = WithEvents(name);
        var next = await PositionOfAsync(name, from, cancellationToken) switch
        {
            { Sequence: { } sequence } => sequence,
            var position => await events.FirstSinceAsync(position.Time!.Value, cancellationToken) ?? long.MaxValue,
        };
        var end = to is null ? long.MaxValue : await PositionOfAsync(name, to, cancellationToken) switch
        {
            { Sequence: { } sequence } => sequence,
            var position => await events.FirstSinceAsync(position.Time!.Value.AddMicroseconds(1), cancellationToken) - 1 ?? long.MaxValue,
        };

        // What it has not had yet comes anyway.
        var last = Math.Min(end, hook.Cursor);
        var count = 0;

        // Before the first, which has a transaction of its own: what was begun is told, however it ends.
        if (!dryRun)
            await record(OperatorActed.By(by, OperatorActs.EventsReplayed) with { Hook = name, Detail = $"from {from}{(to is null ? "" : $" to {to}")}{(type is null ? "" : $", only {type}")}" });

        while (await events.BetweenAsync(name, next, last, type, BatchSize, cancellationToken) is { Count: > 0 } rows)
        {
            var wanted = rows.Where(row => hook.Wants(EventJson.FromRow(row))).ToList();
            count += dryRun ? wanted.Count : await InTurnAsync(() => Task.Run(() => hook.Worker.Replay(wanted)));
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
            Operator = EventTypes.Of(e)?.Write(e).Operator?.Name,
            Event = json.RootElement.Clone(),
        };
    }

    private async Task<EventPosition> PositionOfAsync(string hook, string text, CancellationToken cancellationToken) => EventPosition.Parse(text) switch
    {
        null => throw new RefusedException(Refusal.Conflict, $"'{text}' is not a position in the event log; {EventPosition.Use}"),
        { Id: { } id } => new EventPosition
        {
            Sequence = await events.SequenceOfAsync(hook, id, cancellationToken)
                ?? throw new RefusedException(Refusal.Conflict, $"there is no event {id} in the log; it may no longer be kept"),
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

    /// <summary>The operator who did it; null if none did.</summary>
    public string? Operator { get; init; }

    /// <summary>The whole event, as receivers get it.</summary>
    public JsonElement Event { get; init; }
}
