using WgFleet.Fleets.Commands;
using WgFleet.Fleets.Isolation;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Metrics;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>
/// Reads and changes one fleet's interface, so that it is as planned and its peers are the fleet's clients. After a failure it leaves
/// the interface alone for some seconds. Its methods must not run concurrently; its properties are safe to read from any thread.
/// </summary>
/// <param name="tunnel">The interface without its peers.</param>
/// <param name="wireGuard">Reads and sets its peers.</param>
/// <param name="isolation">Says who of its clients reaches whom.</param>
/// <param name="patienceTime">Measures how long the interface takes to answer.</param>
/// <param name="stalled">Called when the interface has not answered for too long: callers must not wait for it any longer.</param>
internal sealed partial class InterfaceKeeper(
    FleetTunnel tunnel, IWireGuard wireGuard, IsolationKeeper isolation, FleetHealth health, TimeProvider time, TimeProvider patienceTime, ILogger log, Action stalled)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseAfterChange = TimeSpan.FromSeconds(1);

    // The kind of interface that the kernel's WireGuard serves.
    private const string WireGuardKind = "wireguard";

    /// <summary>Longer than the time between two readings while the server works.</summary>
    private static readonly TimeSpan Unwatched = TimeSpan.FromMinutes(1);

    private readonly string _name = tunnel.Fleet.Interface;
    private readonly Handshakes _handshakes = new(time);
    private Patience? _patience;
    private volatile bool _isStalled;
    private volatile bool _agrees;
    private long _failedAt = long.MinValue;
    private long _sessionsLostAt;
    private DateTimeOffset _lookedAt;
    private long _glanceAt = long.MinValue;

    /// <summary>Called with what was wrong with the interface after it was repaired; not at a start, when interfaces are created anyway.</summary>
    public Action<string>? Repaired { get; set; }

    /// <summary>The clients whose peers the interface must have. <see cref="PeerSync"/> sets them before it asks for anything.</summary>
    public FleetSnapshot Clients { get; set; } = null!;

    /// <summary>Whether the kernel has reported a change since the last failure: then the next attempt comes sooner.</summary>
    public bool HasChanged { get; set; }

    /// <summary>Whether it has not answered for too long, but may still answer.</summary>
    public bool IsStalled => _isStalled;

    /// <summary>Whether the interface cannot be changed now: while it does not answer, and for some seconds after a failure.</summary>
    public bool IsDown => _isStalled || IsPaused;

    /// <summary>False after a failure, until the interface has exactly the clients as peers again.</summary>
    public bool Agrees => _agrees;

    /// <summary>When WireGuard last lost the clients' sessions, or when it was last unknown which clients are alive.</summary>
    public DateTimeOffset SessionsLostAt => new(Volatile.Read(ref _sessionsLostAt), TimeSpan.Zero);

    /// <summary>Whether handshakes with clients are under way: then the interface has to be read again after <see cref="Handshakes.Interval"/>.</summary>
    public bool HasHandshakes => _handshakes.AreUnderWay;

    private bool IsPaused => Volatile.Read(ref _failedAt) is > long.MinValue and var at && time.GetElapsedTime(at) < (HasChanged ? PauseAfterChange : Pause);

    /// <summary>Notes that the interface may have missed a change, so that it is compared with the clients the next time.</summary>
    public void Doubt() => _agrees = false;

    /// <summary>Whether callers may wait for the interface; at a start nobody does, and making many interfaces at once takes time.</summary>
    public bool HasCallers { get; set; }

    /// <summary>Releases the port and addresses that another fleet may have now.</summary>
    public Task LetGoAsync(CancellationToken cancellationToken) => TryAsync(tunnel.LetGoAsync, cancellationToken);

    private async Task<bool> TookAsync(IReadOnlyList<PeerChange> changes, CancellationToken cancellationToken)
    {
        try
        {
            await ChangeAsync(changes, cancellationToken);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Any exception: the database has the change already.
            Log.ChangeFailed(log, _name, e.Message);
            return false;
        }
    }

    private async Task<bool> LooksRightAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await tunnel.LooksRightAsync(cancellationToken);
        }
        catch (WireGuardException)
        {
            return false;
        }
    }

    /// <summary>Repairs the interface, makes its peers exactly the clients, and notes when these were heard of. True if the interface is new.</summary>
    /// <exception cref="WireGuardException">The interface cannot be changed.</exception>
    /// <exception cref="TunnelException">The interface does not come up.</exception>
    private async Task<bool> ReconcileAsync(CancellationToken cancellationToken)
    {
        var (agreed, known) = (Agrees, tunnel.Last is not null);
        var repaired = await tunnel.EnsureUpAsync(cancellationToken);
        var device = tunnel.Last!.Device!;
        var now = time.GetUtcNow();
        Observe(device, now);

        var changes = Reconciler.Difference(device, Clients);
        await ChangeAsync(changes, cancellationToken);
        await ShakeHandsAsync(device, repaired, changes, cancellationToken);
        var missing = changes.Count(c => !c.Remove);
        if (missing > 0 && agreed)
            Log.Restored(log, Quantity.Of(missing, "missing peer"), tunnel.Fleet.Name);

        // Signs of life were missed if the interface did not answer, the machine slept, or the clock was set.
        if (!agreed || missing > 0 || repaired.Any(LosesSessions) || (now - _lookedAt).Duration() > Unwatched)
            Volatile.Write(ref _sessionsLostAt, now.UtcTicks);

        (_lookedAt, _agrees, HasChanged) = (now, true, false);
        SetHealth();
        Tell(repaired, known && agreed ? changes : []);
        if (known && !agreed)
            Log.Repaired(log, _name, Quantity.Of(Clients.Count, "client"));

        return repaired.Any(d => d.Fault == TunnelFault.Missing);
    }

    /// <summary>Starts handshakes with the clients whose sessions are lost, and ends those that are over.</summary>
    private async Task ShakeHandsAsync(
        Device device, IReadOnlyList<TunnelDifference> repaired, IReadOnlyList<PeerChange> changes, CancellationToken cancellationToken)
    {
        var wereUnderWay = HasHandshakes;
        if (repaired.Any(LosesSessions))
        {
            _handshakes.Clear();
            _handshakes.Add(Clients.ById.Values);
        }
        else
        {
            _handshakes.Add(changes.Where(c => c.Endpoint is not null).Select(c => Clients.ByKey[c.PublicKey]));
        }

        try
        {
            // Not in the message that adds the peers: wireguard-go starts a handshake also with every peer that follows in the same message.
            await ChangeAsync(_handshakes.Next(device, Clients), cancellationToken);
        }
        catch (WireGuardException e)
        {
            // The tunnels work without.
            _handshakes.Clear();
            Log.NoHandshakes(log, tunnel.Fleet.Name, e.Message);
            return;
        }

        if (wereUnderWay && !HasHandshakes && _handshakes.Result is var result)
            Log.HandshakesEnded(log, result.Answered, Quantity.Of(result.Clients, "client"), tunnel.Fleet.Name, result.Elapsed.TotalSeconds);
    }

    private void Tell(IReadOnlyList<TunnelDifference> repaired, IReadOnlyList<PeerChange> changes)
    {
        var reasons = repaired.Select(d => d.Description).ToList();
        if (changes.Count(c => !c.Remove) is > 0 and var missing)
            reasons.Add($"it lacked {Quantity.Of(missing, "peer")} of its clients");

        if (changes.Count(c => c.Remove) is > 0 and var strangers)
            reasons.Add($"it had {Quantity.Of(strangers, "peer")} without a client");

        if (reasons.Count > 0)
            Repaired?.Invoke(string.Join("; ", reasons));
    }

    private void Observe(Device device, DateTimeOffset now)
    {
        foreach (var client in Clients.ById.Values)
            client.Liveness.Clamp(now);

        var (received, sent) = (0L, 0L);
        foreach (var peer in device.Peers)
        {
            if (Clients.ByKey.GetValueOrDefault(peer.PublicKey)?.Liveness is not { } liveness)
                continue;

            var traffic = liveness.Observed(peer.LastHandshake, peer.ReceivedBytes, peer.SentBytes, now);
            (received, sent) = (received + traffic.Received, sent + traffic.Sent);
            liveness.HeardFrom(peer.Endpoint, now);
        }

        FleetMeter.Carried(Clients.Config.Name, received, sent);
    }

    private Task ChangeAsync(IReadOnlyList<PeerChange> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
            return Task.CompletedTask;

        _patience?.Extend(changes.Count);
        return wireGuard.ChangeAsync(_name, new DeviceChange { Peers = changes }, cancellationToken);
    }

    /// <summary>Runs one operation on the interface. False if it fails; after that false at once for some seconds.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    private async Task<bool> TryAsync(Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        if (IsPaused)
            return false;

        // Before there are callers, the clients may not have been read yet.
        using var patience = new Patience(patienceTime, HasCallers ? Clients.Count : 0, Stall);
        _patience = patience;
        try
        {
            await ask(cancellationToken);
            return true;
        }
        catch (Exception e)
        {
            // It is unknown what WireGuard has done.
            _agrees = false;
            patience.End();
            if (cancellationToken.IsCancellationRequested)
                throw;

            HasChanged = false;
            Volatile.Write(ref _failedAt, time.GetTimestamp());
            health.Set(tunnel.Fleet.Name, FleetCondition.Down, e.Message);
            return false;
        }
        finally
        {
            patience.End();
            _isStalled = false;
        }
    }

    private void SetHealth()
    {
        // It has answered, so the patience is over without a stall.
        _patience?.End();
        _isStalled = false;
        Volatile.Write(ref _failedAt, long.MinValue);
        var trouble = isolation.Trouble ?? tunnel.Trouble;
        health.Set(tunnel.Fleet.Name, trouble is null ? FleetCondition.Up : FleetCondition.Degraded, trouble);
    }

    private void Stall(TimeSpan patience)
    {
        if (!HasCallers)
            return;

        _isStalled = true;
        health.Set(tunnel.Fleet.Name, FleetCondition.Down, $"{_name} has not answered for {patience.TotalSeconds:0.#} s");
        stalled();
    }

    private static bool LosesSessions(TunnelDifference difference) => difference.Fault is TunnelFault.Missing or TunnelFault.WrongKey or TunnelFault.Down;
}
