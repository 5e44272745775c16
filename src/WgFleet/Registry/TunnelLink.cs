using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Registry;

/// <summary>
/// One fleet's line to WireGuard. When telling it a change fails, brings the interface up and makes it agree with the
/// clients there are; when that fails too, leaves it alone for some seconds, so that a broken fleet does not hold up the others.
/// </summary>
internal sealed partial class TunnelLink(FleetTunnel tunnel, IWireGuard wireGuard, TimeProvider time, ILogger<TunnelLink> log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private DateTimeOffset _downUntil;

    public FleetTunnel Tunnel => tunnel;

    /// <summary>True for some seconds after a failure.</summary>
    public bool IsDown => time.GetUtcNow() < _downUntil;

    /// <summary>When WireGuard last began without the sessions of clients that we had; they need time to come back.</summary>
    public DateTimeOffset SessionsLostAt { get; set; }

    /// <summary>Looks at the interface.</summary>
    /// <exception cref="WireGuardException">It is gone, or does not answer in time.</exception>
    public async Task<Device> LookAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await wireGuard.GetDeviceAsync(tunnel.Fleet.Interface, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WireGuardException($"{tunnel.Fleet.Interface} did not answer within {Limit.TotalSeconds:0} s");
        }
    }

    /// <summary>Sends changes in one message; false if WireGuard could not be brought to agree.</summary>
    public async Task<bool> TellAsync(FleetDraft fleet)
    {
        if (IsDown)
            return false;

        try
        {
            await ChangeAsync(fleet.PeerChanges);
            return true;
        }
        catch (WireGuardException e)
        {
            Log.TellingFailed(log, tunnel.Fleet.Interface, e.Message);
            return await RepairAsync(fleet);
        }
    }

    /// <summary>Brings the interface up and sends what it lacks; false if that fails, and then not again for some seconds.</summary>
    public async Task<bool> RepairAsync(FleetDraft fleet)
    {
        if (IsDown)
            return false;

        try
        {
            await AgreeAsync(fleet.Find, fleet.Members, fleet.Count, CancellationToken.None);
            Log.Repaired(log, tunnel.Fleet.Interface, fleet.Count);
            return true;
        }
        catch (Exception e) when (e is WireGuardException or TunnelException)
        {
            _downUntil = time.GetUtcNow() + Pause;
            Log.RepairFailed(log, tunnel.Fleet.Interface, Pause.TotalSeconds, e.Message);
            return false;
        }
    }

    /// <summary>Brings the interface up and makes its peers exactly these clients'.</summary>
    /// <exception cref="WireGuardException">The interface does not take it.</exception>
    /// <exception cref="TunnelException">The interface does not come up.</exception>
    public async Task AgreeAsync(Func<WireGuardKey, Member?> find, IEnumerable<Member> members, int count, CancellationToken cancellationToken)
    {
        await tunnel.EnsureUpAsync(cancellationToken);
        var device = await LookAsync(cancellationToken);
        SessionsLostAt = time.GetUtcNow();
        await ChangeAsync(Reconciler.Difference(device, find, members, count));
    }

    private async Task ChangeAsync(List<PeerChange> changes)
    {
        if (changes.Count == 0)
            return;

        // A userspace WireGuard computes for each new peer.
        using var limit = new CancellationTokenSource(Limit + TimeSpan.FromMilliseconds(changes.Count));
        try
        {
            await wireGuard.ChangeAsync(tunnel.Fleet.Interface, new DeviceChange { Peers = changes }, limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new WireGuardException($"{tunnel.Fleet.Interface} did not answer in time");
        }
    }

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
