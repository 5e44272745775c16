using System.Net;

namespace WgFleet.Fleets.State;

/// <summary>
/// Tells whether several machines use a client's key. Exists only for a client whose endpoint or machine has changed lately, which few have. Safe for
/// concurrent use.
/// </summary>
internal sealed class KeyUse
{
    /// <summary>How long what was seen counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly EndpointTrail _endpoints = new();
    private readonly MachineTrail _machines = new();
    private DateTimeOffset? _since;
    private bool _isTold;

    /// <summary>Whether a time is outside of the window, also when the clock was set back.</summary>
    public static bool IsOver(DateTimeOffset at, DateTimeOffset now) => (now - at).Duration() > Window;

    /// <summary>Notes that the client is heard from another endpoint than before.</summary>
    public void Moved(IPEndPoint from, IPEndPoint to, DateTimeOffset now)
    {
        lock (_lock)
        {
            Forget(now);
            _endpoints.Moved(from, to, now);
            Judge(now);
        }
    }

    /// <summary>Notes a ping; true if this machine is to make a key of its own: see <see cref="MachineTrail.Pinged"/>.</summary>
    /// <param name="before">The machine that pinged before this was made, and when.</param>
    /// <param name="machine">The machine that pings.</param>
    /// <param name="registered">The identity of the machine that registered with the key.</param>
    /// <param name="now">The time.</param>
    public bool Pinged((Machine Machine, DateTimeOffset At) before, Machine machine, ulong registered, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_machines.IsEmpty && before.Machine.Start != 0)
                _machines.Pinged(before.Machine, registered, before.At);

            Forget(now);
            var isCopy = _machines.Pinged(machine, registered, now);
            Judge(now);
            return isCopy;
        }
    }

    /// <summary>Whether the machine that registered with the key pinged lately, and is another one than this.</summary>
    public bool HasAnother(Machine machine, ulong registered, DateTimeOffset now)
    {
        lock (_lock)
        {
            Forget(now);
            return _machines.HasAnother(machine, registered);
        }
    }

    /// <summary>What shows that several machines use the key; null if nothing does.</summary>
    public SharedKey? Shared(DateTimeOffset now)
    {
        lock (_lock)
        {
            Forget(now);
            Judge(now);
            return _since is { } since ? new(since, _endpoints.Endpoints, _machines.Identities) : null;
        }
    }

    /// <summary>The same, once for as long as it lasts.</summary>
    public SharedKey? TakeUntold(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (Shared(now) is not { } shared || _isTold)
                return null;

            _isTold = true;
            return shared;
        }
    }

    /// <summary>Takes back that it was told.</summary>
    public void MarkUntold()
    {
        lock (_lock)
            _isTold = false;
    }

    /// <summary>Whether nothing of the last minutes is left in it.</summary>
    public bool IsIdle(DateTimeOffset now)
    {
        lock (_lock)
        {
            Forget(now);
            return _endpoints.IsEmpty && _machines.IsEmpty;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        _endpoints.Forget(now);
        _machines.Forget(now);
    }

    private void Judge(DateTimeOffset now)
    {
        if (!_endpoints.IsToAndFro && !_machines.AreSeveral)
            (_since, _isTold) = (null, false);
        else
            _since ??= now;
    }
}

/// <summary>What shows that several machines use one key.</summary>
/// <param name="Since">Since when that is known.</param>
/// <param name="Endpoints">Where WireGuard heard the key from in the last minutes, the latest last; it may have missed some.</param>
/// <param name="Identities">The hashes of the machines that pinged with it and say who they are, the latest last.</param>
internal sealed record SharedKey(DateTimeOffset Since, IReadOnlyList<string> Endpoints, IReadOnlyList<string> Identities)
{
    /// <summary>What several machines do, for a sentence that begins with the client.</summary>
    public string Text => $"several machines seem to have its key{(Endpoints.Count == 0 ? "" : $", heard from {string.Join(" and ", Endpoints)}")}";
}
