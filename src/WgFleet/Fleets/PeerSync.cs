using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>
/// Keeps the peers of one fleet's interface in agreement with its clients. When a change fails, brings the interface up and sends
/// all that is missing; when that fails too, leaves the interface alone for some seconds, so that a broken fleet does not hold up the others.
/// </summary>
internal sealed partial class PeerSync(FleetTunnel tunnel, IWireGuard wireGuard, FleetHealth health, TimeProvider time, ILogger<PeerSync> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Longer than the time between two looks of a server that works.</summary>
    private static readonly TimeSpan Unwatched = TimeSpan.FromMinutes(1);

    private long? _failedAt;
    private bool _started;
    private DateTimeOffset _lookedAt;

    public FleetTunnel Tunnel => tunnel;

    /// <summary>Whether the interface takes no change now: true for some seconds after a failure.</summary>
    public bool IsDown => _failedAt is { } at && time.GetElapsedTime(at) < Pause;

    /// <summary>False from a failure on until the interface has been brought to agree with the clients.</summary>
    public bool Agrees { get; private set; }

    /// <summary>How the fleet is.</summary>
    public FleetStatus Status => health.Of(tunnel.Fleet.Name);

    /// <summary>
    /// When WireGuard last lost the sessions of our clients, or when we last could not see who was alive:
    /// clients need time to show themselves again.
    /// </summary>
    public DateTimeOffset SessionsLostAt { get; set; }

    /// <summary>Reads the interface and its peers.</summary>
    /// <exception cref="WireGuardException">It is gone, or does not answer in time.</exception>
    public async Task<Device> ReadDeviceAsync(CancellationToken cancellationToken)
    {
        var device = await wireGuard.GetDeviceAsync(tunnel.Fleet.Interface, cancellationToken);
        var now = time.GetUtcNow();

        // After an interface that did not answer, a machine that slept or a clock that was set, signs of life have gone unseen.
        if ((now - _lookedAt).Duration() > Unwatched)
            SessionsLostAt = now;

        _lookedAt = now;
        return device;
    }

    /// <summary>Sends changes in one message; false if WireGuard could not be brought to agree.</summary>
    public async Task<bool> ApplyAsync(FleetBuilder fleet)
    {
        if (IsDown)
            return false;

        if (!Agrees)
            return await RepairAsync(fleet);

        try
        {
            await ChangeAsync(fleet.PeerChanges);
            return true;
        }
        catch (Exception e)
        {
            // Whatever it is: the database has the change already, so an exception thrown on would leave the two apart.
            Log.ChangeFailed(log, tunnel.Fleet.Interface, e.Message);
            return await RepairAsync(fleet);
        }
    }

    /// <summary>Brings the interface up and sends what it lacks; false if that fails, and then not again for some seconds.</summary>
    public async Task<bool> RepairAsync(FleetBuilder fleet)
    {
        if (IsDown)
            return false;

        try
        {
            await ReconcileAsync(fleet.Find, fleet.Clients, fleet.Count, CancellationToken.None);
            if (Status.State == FleetCondition.Up)
                Log.Repaired(log, tunnel.Fleet.Interface, fleet.Count);

            return true;
        }
        catch (Exception e)
        {
            Failed(e);
            return false;
        }
    }

    /// <summary>
    /// Brings the interface up at a start. Where that fails the fleet is down, which costs the other fleets nothing, and is tried again. Does
    /// nothing for one that was kept over a reload.
    /// </summary>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public async Task StartAsync(FleetSnapshot fleet, CancellationToken cancellationToken)
    {
        if (_started)
            return;

        _started = true;
        try
        {
            await ReconcileAsync(key => fleet.ByKey.GetValueOrDefault(key), fleet.ById.Values, fleet.Count, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Failed(e);
        }
    }

    /// <summary>Brings the interface up and makes its peers exactly those of these clients.</summary>
    /// <exception cref="WireGuardException">The interface does not take it.</exception>
    /// <exception cref="TunnelException">The interface does not come up.</exception>
    public async Task ReconcileAsync(Func<WireGuardKey, RegisteredClient?> find, IEnumerable<RegisteredClient> clients, int count, CancellationToken cancellationToken)
    {
        await tunnel.EnsureUpAsync(cancellationToken);
        var device = await ReadDeviceAsync(cancellationToken);
        SessionsLostAt = time.GetUtcNow();
        await ChangeAsync(Reconciler.Difference(device, find, clients, count));
        Agrees = true;
        health.Set(tunnel.Fleet.Name, tunnel.Trouble is null ? FleetCondition.Up : FleetCondition.Degraded, tunnel.Trouble);
    }

    private void Failed(Exception e)
    {
        _failedAt = time.GetTimestamp();
        Agrees = false;
        health.Set(tunnel.Fleet.Name, FleetCondition.Down, e.Message);
    }

    private Task ChangeAsync(List<PeerChange> changes) => changes.Count == 0
        ? Task.CompletedTask
        : wireGuard.ChangeAsync(tunnel.Fleet.Interface, new DeviceChange { Peers = changes }, CancellationToken.None);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Interface} did not take a change ({Reason}); bringing it up and sending what it lacks")]
        public static partial void ChangeFailed(ILogger log, string @interface, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Interface} is up again and has its {Count} clients")]
        public static partial void Repaired(ILogger log, string @interface, int count);
    }
}
