using WgFleet.Config;
using WgFleet.Fleets.State;

namespace WgFleet.Hooks.Deliveries;

/// <summary>A program or an HTTP endpoint that gets every event that it asks for. Each is tried until it has arrived or is given up.</summary>
internal sealed class DeliveryHook : EventHook
{
    private readonly IDelivery _receiver;

    // Tests of operators take one of the same slots, so that a program never runs beside itself.
    private readonly SemaphoreSlim _slots;

    public DeliveryHook(HookDefinition definition, IDelivery receiver, HookServices services)
        : base(definition, services, receiver, ConcurrencyOf(definition), follows: true)
    {
        _receiver = receiver;
        _slots = new SemaphoreSlim(ConcurrencyOf(definition));
    }

    public override ProgramStatus? Program => _receiver.Program;

    public override long Cursor => Worker.Cursor;

    public override Task<bool> StartAsync(StartupEvent startup)
    {
        _receiver.Start(Services.Loops);
        Worker.Start();
        return Task.FromResult(true);
    }

    public override bool Wants(FleetEvent fleetEvent) =>
        EventTypes.All.Contains(fleetEvent.Type)
        && Definition.Config!.Wants(fleetEvent.Type, fleetEvent.Fleet)
        && (!EventTypes.IsOnlyByName(fleetEvent.Type) || Definition.Config.AsksFor(fleetEvent.Type));

    public override async Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await _receiver.DeliverAsync(attempt, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    public override Task<DeliveryOutcome> TestAsync(DeliveryAttempt attempt, CancellationToken cancellationToken) =>
        Program?.Problem is { } problem
            ? Task.FromResult(new DeliveryOutcome(DeliveryVerdict.Retry) { Error = $"the program does not run: {problem}" })
            : DeliverAsync(attempt, cancellationToken);

    public override TimeSpan? DelayBefore(int attempt) => _receiver.DelayBefore(attempt);

    public override Task StopAsync() => Worker.StopAsync();

    private static int ConcurrencyOf(HookDefinition definition) => (definition.Config?.Kind as DeliveryConfig)?.Concurrency ?? 1;
}
