using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>
/// One fleet's line to WireGuard. When telling it a change fails, brings the interface up and makes it agree with the
/// clients there are; when that fails too, leaves it alone for some seconds, so that a broken fleet does not hold up the others.
/// </summary>
internal sealed partial class PeerSync(FleetTunnel tunnel, IWireGuard wireGuard, TimeProvider time, ILogger<PeerSync> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>More than any two looks of a server in good health are apart.</summary>
    private static readonly TimeSpan Unwatched = TimeSpan.FromMinutes(1);

    private long? _failedAt;
    private DateTimeOffset _lookedAt;

    public FleetTunnel Tunnel => tunnel;

    /// <summary>True for some seconds after a failure.</summary>
    public bool IsDown => _failedAt is { } at && time.GetElapsedTime(at) < Pause;

    /// <summary>False from a failure on until WireGuard has answered again.</summary>
    public bool Works { get; private set; } = true;

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
        Works = true;
        return device;
    }

    /// <summary>Sends changes in one message; false if WireGuard could not be brought to agree.</summary>
    public async Task<bool> TellAsync(FleetBuilder fleet)
    {
        if (IsDown)
            return false;

        try
        {
            await ChangeAsync(fleet.PeerChanges);
            Works = true;
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
            Log.Repaired(log, tunnel.Fleet.Interface, fleet.Count);
            return true;
        }
        catch (Exception e)
        {
            _failedAt = time.GetTimestamp();
            Works = false;
            Log.RepairFailed(log, tunnel.Fleet.Interface, Pause.TotalSeconds, e.Message);
            return false;
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

        [LoggerMessage(3, LogLevel.Error, "{Interface} cannot be repaired, trying again in {Seconds} s: {Reason}")]
        public static partial void RepairFailed(ILogger log, string @interface, double seconds, string reason);
    }
}
