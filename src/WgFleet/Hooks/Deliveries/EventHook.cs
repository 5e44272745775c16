using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks.Deliveries;

/// <summary>A hook that gets events: a handler, a program or an endpoint. Its cursor and its pending deliveries are in the database.</summary>
internal abstract class EventHook : Hook, IDelivery
{
    /// <param name="definition">Its definition.</param>
    /// <param name="services">The services that all hooks share.</param>
    /// <param name="code">What does the work.</param>
    /// <param name="concurrency">How many deliveries may be under way at once.</param>
    /// <param name="follows">Whether its worker takes events from the log; the worker of a handler gets only failed ones.</param>
    protected EventHook(HookDefinition definition, HookServices services, object code, int concurrency, bool follows)
        : base(definition, services, code) =>
        Worker = new DeliveryWorker(definition.Name, this, concurrency, follows ? Wants : null, follows ? Health : null, services, Logger);

    /// <summary>Makes its deliveries and retries.</summary>
    public DeliveryWorker Worker { get; }

    /// <summary>The number up to which it has handled or stored all events that it asks for.</summary>
    public abstract long Cursor { get; }

    public override long Lag => Math.Max(0, Services.Events.Head - Cursor);

    public override int Waiting => Worker.Waiting;

    public override int DeadLetters => Worker.DeadLetters;

    public override string? Paused => Worker.Paused;

    protected override IEnumerable<PartStatus> Loops => Worker.Loop is { } loop ? [loop] : [];

    /// <summary>Whether it gets this event.</summary>
    public abstract bool Wants(FleetEvent fleetEvent);

    /// <summary>Sends it an event for a test, in the hook's own turn, without recording it.</summary>
    public abstract Task<DeliveryOutcome> TestAsync(DeliveryAttempt attempt, CancellationToken cancellationToken);

    public abstract Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken);

    public abstract TimeSpan? DelayBefore(int attempt);

    public override bool IsDone(long sequence) => Cursor >= sequence && !Worker.HoldsUpTo(sequence);

    public override void Enter(Snapshot loaded)
    {
        var store = Services.Store;
        if (store.Find(Name) is null)
        {
            var events = Definition.Start == HookStart.Snapshot ? Arrivals(loaded).Where(Wants).Select(EventJson.ToRow).ToList() : [];
            store.Create(Name, Definition.Start == HookStart.Beginning ? 0 : store.LastSequence() + events.Count, events);
        }

        Worker.Enter(store.Find(Name)!);
    }

    /// <summary>One client.added for each existing client, for a new hook.</summary>
    private IEnumerable<FleetEvent> Arrivals(Snapshot loaded) => loaded.Fleets.SelectMany(f => f.ById.Values).OrderBy(c => c.Id).Select(c =>
        new ClientAdded(c.ToClient(Services.Domain)) { Stamp = new($"evt_{Guid.CreateVersion7(Services.Time.GetUtcNow()):N}", 0, c.RegisteredAt), Replayed = true });
}
