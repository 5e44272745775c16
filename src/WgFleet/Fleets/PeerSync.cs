using System.Threading.Channels;
using WgFleet.Fleets.Isolation;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>
/// The loop of one fleet that reads and changes its interface, in the order of the requests. Nobody else waits for
/// WireGuard, so an interface that does not answer does not delay other fleets. Safe for concurrent use.
/// </summary>
internal sealed class PeerSync
{
    /// <summary>Time between two checks of what the kernel sends no notifications of.</summary>
    public static readonly TimeSpan GlanceInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<Work> _queue = Channel.CreateUnbounded<Work>(new() { SingleReader = true });
    private readonly Lock _gate = new();
    private readonly List<PeerJob> _unsettled = [];
    private readonly InterfaceKeeper _keeper;
    private readonly TimeProvider _time;
    private int _checks;
    private int _glances;
    private int _follows;

    /// <param name="tunnel">The interface without its peers.</param>
    /// <param name="wireGuard">The way to its peers.</param>
    /// <param name="nft">The way to its nftables table.</param>
    /// <param name="health">Told whether the interface works.</param>
    /// <param name="time">Tells when clients were heard of, and when to look.</param>
    /// <param name="patience">Measures how long the interface takes to answer.</param>
    /// <param name="log">The log.</param>
    public PeerSync(FleetTunnel tunnel, IWireGuard wireGuard, NftRunner nft, FleetHealth health, TimeProvider time, TimeProvider patience, ILogger<PeerSync> log)
    {
        Tunnel = tunnel;
        _time = time;
        _keeper = new InterfaceKeeper(tunnel, wireGuard, new IsolationKeeper(nft, IsolationKeeper.MachineForwards, time, log), health, time, patience, log, SettleAll);
    }

    public FleetTunnel Tunnel { get; }

    /// <summary>Whether the interface cannot be changed now: while it does not answer, and for some seconds after a failure.</summary>
    public bool IsDown => _keeper.IsDown;

    /// <summary>Whether the server has tried to bring the interface up.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>
    /// When WireGuard last lost the clients' sessions, or when it was last unknown which clients are alive:
    /// clients need time to give a sign of life again.
    /// </summary>
    public DateTimeOffset SessionsLostAt => _keeper.SessionsLostAt;

    /// <summary>Releases the port and addresses that another fleet may have now, before any fleet is brought up. If that fails, the fleet is down.</summary>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public Task LetGoAsync(CancellationToken cancellationToken) => _keeper.LetGoAsync(cancellationToken);

    /// <summary>
    /// Brings the interface up at a start. If that fails, only this fleet is down, and it is tried again. An interface that
    /// was kept during a reload only gets the loaded clients. Must not be called while <see cref="RunAsync"/> runs.
    /// </summary>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public async Task StartAsync(FleetSnapshot fleet, CancellationToken cancellationToken)
    {
        _keeper.Clients = fleet;
        if (IsStarted)
        {
            await _keeper.IsolateAsync(cancellationToken);
            return;
        }

        IsStarted = true;
        await _keeper.LookAsync(cancellationToken);
    }

    /// <summary>Queues changes that are committed and published. Never blocks.</summary>
    public void Submit(PeerJob job)
    {
        lock (_gate)
            _unsettled.Add(job);

        _queue.Writer.TryWrite(new Apply(job));
        if (_keeper.IsStalled)
            Settle([job], false);
    }

    /// <summary>Reads the interface, notes when clients were heard of, and repairs what differs.</summary>
    /// <returns>False if it did not answer or is new, so that it is unknown which clients are alive.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var look = new Look(new(TaskCreationOptions.RunContinuationsAsynchronously));
        _queue.Writer.TryWrite(look);
        return await look.Answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Requests a check of the interface, because the kernel has reported a change.</summary>
    public void CheckSoon()
    {
        if (Interlocked.Exchange(ref _checks, 1) == 0)
            _queue.Writer.TryWrite(new Check());
    }

    /// <summary>Waits until no caller waits for WireGuard any longer: about a second at most.</summary>
    public Task SettledAsync()
    {
        lock (_gate)
            return Task.WhenAll(_unsettled.Select(job => job.Outcome));
    }

    /// <summary>Carries out what is queued for the interface, and checks it every second, until it is stopped.</summary>
    /// <param name="part">The loop's part.</param>
    /// <param name="repaired">Called with what was wrong with the interface when it was repaired; must not block.</param>
    /// <param name="stopping">Stops it.</param>
    public async Task RunAsync(Part part, Action<string> repaired, CancellationToken stopping)
    {
        (_keeper.Repaired, _keeper.HasCallers) = (repaired, true);
        await using var glances = _time.CreateTimer(_ => GlanceSoon(), null, GlanceInterval, GlanceInterval);
        await using var follows = _time.CreateTimer(_ => _queue.Writer.TryWrite(new Follow()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            FollowSoon(follows);
            while (await _queue.Reader.WaitToReadAsync(stopping))
            {
                while (_queue.Reader.TryRead(out var work))
                {
                    await DoAsync(work, stopping);
                    FollowSoon(follows);
                }

                part.Works();
            }
        }
        finally
        {
            GiveUp();
        }
    }

    private Task DoAsync(Work work, CancellationToken stopping)
    {
        switch (work)
        {
            case Apply first:
                return ApplyAsync(first, stopping);
            case Look look:
                return AnswerAsync(look, stopping);
            case Check:
                Volatile.Write(ref _checks, 0);
                _keeper.HasChanged = true;
                return _keeper.LookAsync(stopping);
            case Follow:
                _follows = 0;
                return _keeper.LookAsync(stopping);
            default:
                Volatile.Write(ref _glances, 0);
                return _keeper.GlanceAsync(stopping);
        }
    }

    /// <summary>Sends all changes that wait in one message.</summary>
    private async Task ApplyAsync(Apply first, CancellationToken stopping)
    {
        var jobs = new List<PeerJob> { first.Job };
        while (_queue.Reader.TryPeek(out var next) && next is Apply && _queue.Reader.TryRead(out next))
            jobs.Add(((Apply)next).Job);

        var taken = false;
        try
        {
            _keeper.Clients = jobs[^1].After;
            taken = await _keeper.ApplyAsync(jobs.Count == 1 ? jobs[0].Changes : [.. jobs.SelectMany(job => job.Changes)], stopping);
        }
        finally
        {
            Settle(jobs, taken);
        }
    }

    private async Task AnswerAsync(Look look, CancellationToken stopping)
    {
        try
        {
            look.Answer.TrySetResult(await _keeper.LookAsync(stopping));
        }
        catch (Exception e)
        {
            look.Answer.TrySetException(e);
            throw;
        }
    }

    private void SettleAll()
    {
        PeerJob[] jobs;
        lock (_gate)
            jobs = [.. _unsettled];

        Settle(jobs, false);
    }

    private void Settle(IReadOnlyList<PeerJob> jobs, bool taken)
    {
        lock (_gate)
        {
            foreach (var job in jobs)
                _unsettled.Remove(job);
        }

        foreach (var job in jobs)
            job.Settle(taken);
    }

    private void GlanceSoon()
    {
        if (Interlocked.Exchange(ref _glances, 1) == 0)
            _queue.Writer.TryWrite(new Glance());
    }

    /// <summary>Has the interface read again soon while handshakes are under way. The timer runs once, so that busy callers do not put it off.</summary>
    private void FollowSoon(ITimer follows)
    {
        if (!_keeper.HasHandshakes || _keeper.IsDown || _follows != 0)
            return;

        _follows = 1;
        follows.Change(Handshakes.Interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends all waits at a stop. After a reload, the interface of a fleet that is kept is compared with its clients.</summary>
    private void GiveUp()
    {
        while (_queue.Reader.TryRead(out var work))
        {
            if (work is Apply)
                _keeper.Doubt();
            else if (work is Look look)
                look.Answer.TrySetCanceled();
        }

        (_checks, _glances, _follows) = (0, 0, 0);
        SettleAll();
    }

    private abstract record Work;

    private sealed record Apply(PeerJob Job) : Work;

    private sealed record Look(TaskCompletionSource<bool> Answer) : Work;

    private sealed record Check : Work;

    private sealed record Glance : Work;

    /// <summary>Reads who has answered a handshake, and starts the next ones.</summary>
    private sealed record Follow : Work;
}
