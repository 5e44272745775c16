using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Events;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Handlers;
using WgFleet.Hooks.Projections;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Admin;

/// <summary>What operators do to see a hook work: run it now, run it dry, with past events or with one that is made up.</summary>
internal sealed partial class HookAdmin
{
    private const int Chunk = 500;
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);

    /// <summary>Runs a projection now, as far as its interval lets it.</summary>
    /// <exception cref="RefusedException">It is no projection, or it failed.</exception>
    public async Task<HookInfo> RunAsync(string name, CancellationToken cancellationToken)
    {
        var lane = Projection(name, "run");
        lane.Request();
        try
        {
            if (await lane.WaitAsync(LongestRun).WaitAsync(LongestRun, time, cancellationToken))
                return Find(name);
        }
        catch (TimeoutException)
        {
            throw new RefusedException(Refusal.Conflict, $"'{name}' is not done after {LongestRun.TotalSeconds:0} s; it goes on");
        }

        throw new RefusedException(Refusal.Conflict, $"'{name}' failed: {Listing(name).Status?.LastFailure?.Error ?? "it is stuck"}");
    }

    /// <summary>What a projection would change in its files now, as unified diffs; empty if nothing.</summary>
    /// <exception cref="RefusedException">It is no projection, or it failed.</exception>
    public async Task<string> DiffAsync(string name, CancellationToken cancellationToken)
    {
        var lane = Projection(name, "diff");
        var files = new FileDiffs();
        var error = await lane.PreviewAsync(files, Listing(name).Timeout, cancellationToken);
        return error is null ? files.Text() : throw new RefusedException(Refusal.Conflict, $"'{name}' failed: {error.Message}");
    }

    /// <summary>Delivers past events to a hook again; returns how many, or would be.</summary>
    /// <param name="name">The hook, which gets those that it wants.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">The last; null for the last that the hook has had.</param>
    /// <param name="type">Only this type; null for all.</param>
    /// <param name="dryRun">Only count.</param>
    /// <exception cref="RefusedException">There is no such hook or event, or the hook gets no events.</exception>
    public int Replay(string name, string from, string? to, string? type, bool dryRun)
    {
        var lane = Lane(name);
        var next = Place(name, from) switch
        {
            { Sequence: { } sequence } => sequence,
            var place => store.FirstSince(place.Time!.Value) ?? long.MaxValue,
        };
        var end = to is null ? long.MaxValue : Place(name, to) switch
        {
            { Sequence: { } sequence } => sequence,
            var place => store.FirstSince(place.Time!.Value.AddMicroseconds(1)) - 1 ?? long.MaxValue,
        };

        // What it has not had yet comes anyway.
        var last = Math.Min(end, engine.Lanes.CursorOf(name));
        var count = 0;
        while (store.EventsBetween(name, next, last, type, Chunk) is { Count: > 0 } rows)
        {
            var wanted = rows.Where(row => Wants(name, EventJson.FromRow(row))).ToList();
            count += dryRun ? wanted.Count : lane.Replay(wanted);
            next = rows[^1].Seq + 1;
        }

        return count;
    }

    /// <summary>Gives a hook one made-up event, past its lane and its record, and tells what came of it.</summary>
    /// <exception cref="RefusedException">There is no such hook, or it gets no events.</exception>
    /// <param name="name">The hook.</param>
    /// <param name="type">The event's type; null for client.added, or the first that the hook gets.</param>
    /// <param name="fleet">The fleet it is about; null for the first that the hook follows.</param>
    /// <param name="hostname">The machine's name; null for "test".</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<HookTestInfo> TestAsync(string name, string? type, string? fleet, string? hostname, CancellationToken cancellationToken)
    {
        Lane(name);
        var hook = Listing(name);
        var chosen = type ?? (hook.Events.Count == 0 || hook.Events.Contains(EventTypes.ClientAdded) ? EventTypes.ClientAdded : hook.Events[0]);
        var e = MadeUp(chosen, FleetOf(name, fleet), hostname ?? "test");
        var given = new List<string>();
        var attempt = new DeliveryAttempt(e, EventEnvelope.Write(e, engine.State.Domain), 1) { Show = given.Add };
        var started = time.GetTimestamp();
        var outcome = engine.Lanes.Sink(name) is { } outlet
            ? await outlet.Delivery.DeliverAsync(attempt, cancellationToken)
            : await CallAsync(engine.Lanes.Handler(name)!, hook, e, cancellationToken);
        return new HookTestInfo
        {
            Delivered = outcome.Verdict == DeliveryVerdict.Delivered,
            Given = given,
            Body = Encoding.UTF8.GetString(attempt.Envelope.Span),
            Code = outcome.Code,
            Response = outcome.Response,
            Error = outcome.Error,
            TookMs = (long)time.GetElapsedTime(started).TotalMilliseconds,
        };
    }

    /// <summary>The last events. Blocks for the database.</summary>
    public EventsInfo Latest(int limit) => new(engine.Lanes.Events.Head, [.. store.LatestEvents(limit).Select(row => Told(EventJson.FromRow(row)))]);

    /// <summary>The events behind a number; waits for the first if there is none yet, until cancelled.</summary>
    public async Task<EventsInfo> AfterAsync(long after, CancellationToken cancellationToken)
    {
        await engine.Lanes.Events.WaitAsync(after, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var head = engine.Lanes.Events.Head;
        return new(head, [.. engine.Lanes.Events.After(after, Chunk).Select(Told)]);
    }

    private EventInfo Told(FleetEvent e)
    {
        using var json = JsonDocument.Parse(EventEnvelope.Write(e, engine.State.Domain));
        return new()
        {
            Seq = e.Sequence,
            Time = e.Time,
            Type = e.Type,
            Fleet = e.Client?.Fleet,
            Ip = e.Client?.Address.ToString(),
            Hostname = e.Client?.Hostname,
            Event = json.RootElement.Clone(),
        };
    }

    private async Task<DeliveryOutcome> CallAsync(Handler handler, HookSummary hook, FleetEvent e, CancellationToken cancellationToken)
    {
        if (handler.CallFor(e) is not { } call)
            throw new RefusedException(Refusal.Conflict, $"'{handler.Name}' does not ask for {e.Type}; it gets {string.Join(", ", hook.Events)}");

        // A status of its own: a test says nothing about how the hook has fared.
        var runner = new HookRunner(handler.Name, hook.Timeout, new HookStatus(), time, NullLogger.Instance);
        var (error, _) = await runner.RunAsync(ct => call(e, handler.ContextFor(e, engine.State, 1), ct), cancellationToken);
        return error is null ? new(DeliveryVerdict.Delivered) : new(DeliveryVerdict.Retry) { Error = error.Message };
    }

    private bool Wants(string name, FleetEvent e) => engine.Lanes.Sink(name)?.Wants(e) ?? engine.Lanes.Handler(name)?.CallFor(e) is not null;

    private ProjectionWorker Projection(string name, string command) => engine.Projection(Active(name).Name)
        ?? throw new RefusedException(Refusal.Conflict, $"'{name}' is a {Listing(name).Kind}, and '{command}' is for projections; 'wg-fleet hooks test {name}' gives it an event");

    private EventPosition Place(string hook, string text) => EventPosition.Parse(text) switch
    {
        null => throw new RefusedException(Refusal.Conflict, $"'{text}' is no place in the event log; {EventPosition.Use}"),
        { Id: { } id } => new EventPosition
        {
            Sequence = store.SequenceOf(hook, id) ?? throw new RefusedException(Refusal.Conflict, $"there is no event {id} in the log; it may no longer be kept"),
        },
        { Ago: { } ago } => new EventPosition { Time = time.GetUtcNow() - ago },
        var place => place,
    };

    private Fleet FleetOf(string hook, string? name)
    {
        var fleets = engine.State.Fleets;
        if (name is not null)
        {
            return fleets.FirstOrDefault(f => f.Name == name)
                ?? throw new RefusedException(Refusal.Conflict, $"there is no fleet '{name}'; there are: {string.Join(", ", fleets.Select(f => f.Name))}");
        }

        var config = engine.Lanes.Sink(hook)?.Config ?? engine.Lanes.Handler(hook)?.Config;
        return fleets.FirstOrDefault(f => config?.Follows(f.Name) != false) ?? fleets[0];
    }

    private FleetEvent MadeUp(string type, Fleet fleet, string hostname)
    {
        var now = time.GetUtcNow();
        var client = SampleState.Client(fleet, engine.State.Domain, hostname) with { RegisteredAt = now };
        var id = $"evt_{Guid.CreateVersion7(now):N}";
        return type switch
        {
            EventTypes.Startup => new StartupEvent(ProductInfo.Version) { Id = id, Sequence = 0, Time = now, Replayed = true },
            EventTypes.ClientAdded => new ClientAdded(client) { Id = id, Sequence = 0, Time = now, Replayed = true },
            EventTypes.ClientHostnameChanged => new ClientHostnameChanged(client, hostname + "-before") { Id = id, Sequence = 0, Time = now, Replayed = true },
            EventTypes.ClientRemoved => new ClientRemoved(client, "stale") { Id = id, Sequence = 0, Time = now, Replayed = true },
            EventTypes.ClientOnline => new ClientOnline(client) { Id = id, Sequence = 0, Time = now, Replayed = true },
            EventTypes.ClientOffline => new ClientOffline(client, now) { Id = id, Sequence = 0, Time = now, Replayed = true },
            _ => throw new RefusedException(Refusal.Conflict, $"there is no event '{type}'; there are: {string.Join(", ", EventTypes.All)}"),
        };
    }
}

/// <summary>What came of a made-up event.</summary>
internal sealed record HookTestInfo
{
    public bool Delivered { get; init; }

    /// <summary>What the receiver was given beside the body: command and environment, or request and headers.</summary>
    public required IReadOnlyList<string> Given { get; init; }

    /// <summary>The event as the receiver got it.</summary>
    public required string Body { get; init; }

    public string? Code { get; init; }

    public string? Response { get; init; }

    public string? Error { get; init; }

    public long TookMs { get; init; }
}

/// <summary>Events, and the number of the last there is.</summary>
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

    /// <summary>All of it, as receivers get it.</summary>
    public JsonElement Event { get; init; }
}
