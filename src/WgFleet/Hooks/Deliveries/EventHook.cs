using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks.Deliveries;

/// <summary>A hook that gets single events: a handler, a program or an endpoint. Its place in the event log and what it owes are in the database.</summary>
internal abstract class EventHook : Hook, IDelivery
{
    /// <param name="definition">What it is.</param>
    /// <param name="services">What all hooks work with.</param>
    /// <param name="code">What does the work.</param>
    /// <param name="concurrency">How many deliveries may be under way at once.</param>
    /// <param name="follows">Whether its worker takes the events from the log; a handler's is given only those that failed.</param>
    protected EventHook(HookDefinition definition, HookServices services, object code, int concurrency, bool follows)
        : base(definition, services, code) =>
        Worker = new DeliveryWorker(definition.Name, this, concurrency, follows ? Wants : null, follows ? Health : null, services, Logger);

    /// <summary>Makes and repeats its deliveries.</summary>
    public DeliveryWorker Worker { get; }

    /// <summary>The number up to which it has had, or taken over, all events that it wants.</summary>
    public abstract long Cursor { get; }

    public override long Lag => Math.Max(0, Services.Events.Head - Cursor);

    public override int Waiting => Worker.Waiting;

    public override int DeadLetters => Worker.DeadLetters;

    public override string? Paused => Worker.Paused;

    protected override IEnumerable<PartStatus> Loops => Worker.Loop is { } loop ? [loop] : [];

    /// <summary>Whether it gets this event.</summary>
    public abstract bool Wants(FleetEvent fleetEvent);

    /// <summary>Gives it an event for a test, in the hook's own turn and past its record.</summary>
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

    /// <summary>One client.added for each client, for a hook that was not there when they registered.</summary>
    private IEnumerable<FleetEvent> Arrivals(Snapshot loaded) => loaded.Fleets.SelectMany(f => f.ById.Values).OrderBy(c => c.Id).Select(c =>
        new ClientAdded(c.ToClient(Services.Domain)) { Stamp = new($"evt_{Guid.CreateVersion7(Services.Time.GetUtcNow()):N}", 0, c.RegisteredAt), Replayed = true });
}
