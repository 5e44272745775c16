using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>
/// One fleet's line to WireGuard. When telling it a change fails, brings the interface up and makes it agree with the
/// clients there are; when that fails too, leaves it alone for some seconds, so that a broken fleet does not hold up the others.
/// </summary>
internal sealed partial class PeerSync(FleetTunnel tunnel, IWireGuard wireGuard, FleetHealth health, TimeProvider time, ILogger<PeerSync> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>More than any two looks of a server in good health are apart.</summary>
    private static readonly TimeSpan Unwatched = TimeSpan.FromMinutes(1);

    private long? _failedAt;
    private DateTimeOffset _lookedAt;

    public FleetTunnel Tunnel => tunnel;

    /// <summary>True for some seconds after a failure.</summary>
    public bool IsDown => _failedAt is { } at && time.GetElapsedTime(at) < Pause;

    /// <summary>False from a failure on until the interface has been brought to agree with the clients.</summary>
    public bool Agrees { get; private set; }

    /// <summary>How the fleet is.</summary>
    public FleetStatus Status => health.Of(tunnel.Fleet.Name);

    /// <summary>
    /// When WireGuard last began without the sessions of clients that we had, or when we last could not see who was alive;
    /// clients need time to show themselves again.
    /// </summary>
    public DateTimeOffset SessionsLostAt { get; set; }

    /// <summary>Looks at the interface.</summary>
    /// <exception cref="WireGuardException">It is gone, or does not answer in time.</exception>
    public async Task<Device> LookAsync(CancellationToken cancellationToken)
    {
        var device = await wireGuard.GetDeviceAsync(tunnel.Fleet.Interface, cancellationToken);
        var now = time.GetUtcNow();

        // An interface that did not answer, a machine that slept, a clock that was set: signs of life have passed unseen.
        if ((now - _lookedAt).Duration() > Unwatched)
            SessionsLostAt = now;

        _lookedAt = now;
        return device;
    }

    /// <summary>Sends changes in one message; false if WireGuard could not be brought to agree.</summary>
    public async Task<bool> TellAsync(FleetBuilder fleet)
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
            // Whatever it is: the database has the change already, so an exception let out here would leave the two apart.
            Log.TellingFailed(log, tunnel.Fleet.Interface, e.Message);
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
            await AgreeAsync(fleet.Find, fleet.Members, fleet.Count, CancellationToken.None);
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

    /// <summary>Brings the interface up at a start. Where that fails the fleet is down, which costs the other fleets nothing, and is tried again.</summary>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public async Task StartAsync(FleetSnapshot fleet, CancellationToken cancellationToken)
    {
        try
        {
            await AgreeAsync(key => fleet.ByKey.GetValueOrDefault(key), fleet.ById.Values, fleet.Count, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Failed(e);
        }
    }

    /// <summary>Brings the interface up and makes its peers exactly these clients'.</summary>
    /// <exception cref="WireGuardException">The interface does not take it.</exception>
    /// <exception cref="TunnelException">The interface does not come up.</exception>
    public async Task AgreeAsync(Func<WireGuardKey, RegisteredClient?> find, IEnumerable<RegisteredClient> members, int count, CancellationToken cancellationToken)
    {
        await tunnel.EnsureUpAsync(cancellationToken);
        var device = await LookAsync(cancellationToken);
        SessionsLostAt = time.GetUtcNow();
        await ChangeAsync(Reconciler.Difference(device, find, members, count));
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
        [LoggerMessage(1, LogLevel.Warning, "{Interface} did not take a change ({Reason}); bringing it up and making it agree")]
        public static partial void TellingFailed(ILogger log, string @interface, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Interface} is up again and has its {Count} clients")]
        public static partial void Repaired(ILogger log, string @interface, int count);
    }
}
