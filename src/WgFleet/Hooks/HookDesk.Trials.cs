using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Hooks.Deliveries;
using WgFleet.Registry;

namespace WgFleet.Hooks;

/// <summary>What operators do to see a hook work: run it now, run it dry, with past events or with one that is made up.</summary>
internal sealed partial class HookDesk
{
    private const int Chunk = 500;
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);

    /// <summary>Runs a projection now, as far as its interval lets it.</summary>
    /// <exception cref="DeskException">It is no projection, or it failed.</exception>
    public async Task<HookFacts> RunAsync(string name, CancellationToken cancellationToken)
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
            throw new DeskException($"'{name}' is not done after {LongestRun.TotalSeconds:0} s; it goes on");
        }

        throw new DeskException($"'{name}' failed: {Listing(name).Status?.LastFailure?.Error ?? "it is stuck"}");
    }

    /// <summary>What a projection would change in its files now, as unified diffs; empty if nothing.</summary>
    /// <exception cref="DeskException">It is no projection, or it failed.</exception>
    public async Task<string> DiffAsync(string name, CancellationToken cancellationToken)
    {
        var lane = Projection(name, "diff");
        var files = new FileDiffs();
        var error = await lane.PreviewAsync(files, Listing(name).Timeout, cancellationToken);
        return error is null ? files.Text() : throw new DeskException($"'{name}' failed: {error.Message}");
    }

    /// <summary>Delivers past events to a hook again; returns how many, or would be.</summary>
    /// <param name="name">The hook, which gets those that it wants.</param>
    /// <param name="from">The first number.</param>
    /// <param name="to">The last number; null for the last that the hook has had.</param>
    /// <param name="type">Only this type; null for all.</param>
    /// <param name="dryRun">Only count.</param>
    /// <exception cref="DeskException">There is no such hook, or it gets no events.</exception>
    public int Replay(string name, long from, long? to, string? type, bool dryRun)
    {
        var lane = Lane(name);

        // What it has not had yet comes anyway.
        var last = Math.Min(to ?? long.MaxValue, engine.Lanes.CursorOf(name));
        var count = 0;
        while (store.EventsBetween(name, from, last, type, Chunk) is { Count: > 0 } rows)
        {
            var wanted = rows.Where(row => Wants(name, EventJson.FromRow(row))).ToList();
            count += dryRun ? wanted.Count : lane.Replay(wanted);
            from = rows[^1].Seq + 1;
        }

        return count;
    }

    /// <summary>Gives a hook one made-up event, past its lane and its record, and tells what came of it.</summary>
    /// <exception cref="DeskException">There is no such hook, or it gets no events.</exception>
    public async Task<TestFacts> TestAsync(string name, string? type, CancellationToken cancellationToken)
    {
        Lane(name);
        var hook = Listing(name);
        var e = MadeUp(type ?? (hook.Events.Contains(EventTypes.ClientAdded) ? EventTypes.ClientAdded : hook.Events[0]));
        var given = new List<string>();
        var attempt = new DeliveryAttempt(e, EventEnvelope.Write(e, engine.State.Domain), 1) { Show = given.Add };
        var started = time.GetTimestamp();
        var outcome = engine.Lanes.Outlet(name) is { } outlet
            ? await outlet.Delivery.DeliverAsync(attempt, cancellationToken)
            : await CallAsync(engine.Lanes.Handler(name)!, hook, e, cancellationToken);
        return new TestFacts
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
    public EventsFacts Latest(int limit) => new(engine.Lanes.Events.Head, [.. store.LatestEvents(limit).Select(row => Told(EventJson.FromRow(row)))]);

    /// <summary>The events behind a number; waits for the first if there is none yet, until cancelled.</summary>
    public async Task<EventsFacts> AfterAsync(long after, CancellationToken cancellationToken)
    {
        await engine.Lanes.Events.WaitAsync(after, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var head = engine.Lanes.Events.Head;
        return new(head, [.. engine.Lanes.Events.After(after, Chunk).Select(Told)]);
    }

    private EventFacts Told(FleetEvent e)
    {
        using var json = JsonDocument.Parse(EventEnvelope.Write(e, engine.State.Domain));
        return new()
        {
            Seq = e.Sequence,
            Time = e.Time,
            Type = e.Type,
            Fleet = e.About?.Fleet,
            Ip = e.About?.Address.ToString(),
            Hostname = e.About?.Hostname,
            Event = json.RootElement.Clone(),
        };
    }

    private async Task<DeliveryOutcome> CallAsync(Handler handler, HookListing hook, FleetEvent e, CancellationToken cancellationToken)
    {
        if (handler.CallFor(e) is not { } call)
            throw new DeskException($"'{handler.Name}' does not ask for {e.Type}; it gets {string.Join(", ", hook.Events)}");

        // A status of its own: a test says nothing about how the hook has fared.
        var runner = new HookRunner(handler.Name, hook.Timeout, new HookStatus(), time, NullLogger.Instance);
        var error = await runner.RunAsync(ct => call(e, handler.ContextFor(e, engine.State, 1), ct), cancellationToken);
        return error is null ? new(DeliveryVerdict.Delivered) : new(DeliveryVerdict.Retry) { Error = error.Message };
    }

    private bool Wants(string name, FleetEvent e) => engine.Lanes.Outlet(name)?.Wants(e) ?? engine.Lanes.Handler(name)?.CallFor(e) is not null;

    private ProjectionLane Projection(string name, string command) => engine.Projection(Active(name).Name)
        ?? throw new DeskException($"'{name}' is a {Listing(name).Kind}, and '{command}' is for projections; 'wg-fleet hooks test {name}' gives it an event");

    private FleetEvent MadeUp(string type)
    {
        var now = time.GetUtcNow();
        var fleet = engine.State.Fleets[0];
        var client = SampleState.Client(fleet, engine.State.Domain, "test") with { RegisteredAt = now };
        var id = $"evt_{Guid.CreateVersion7(now):N}";
        return type switch
        {
            EventTypes.Startup => new StartupEvent(ProductInfo.Version) { Id = id, Sequence = 0, Time = now, Replayed = true },
            EventTypes.ClientAdded => new ClientAdded(client) { Id = id, Sequence = 0, Time = now, Replayed = true },
            EventTypes.ClientHostnameChanged => new ClientHostnameChanged(client, "test-before") { Id = id, Sequence = 0, Time = now, Replayed = true },
            EventTypes.ClientRemoved => new ClientRemoved(client, "stale") { Id = id, Sequence = 0, Time = now, Replayed = true },
            _ => throw new DeskException($"there is no event '{type}'; there are: {string.Join(", ", EventTypes.All)}"),
        };
    }
}

/// <summary>What came of a made-up event.</summary>
internal sealed record TestFacts
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
internal sealed record EventsFacts(long Head, IReadOnlyList<EventFacts> Events);

/// <summary>One event of the log.</summary>
internal sealed record EventFacts
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
