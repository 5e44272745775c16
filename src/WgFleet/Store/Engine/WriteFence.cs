namespace WgFleet.Store.Engine;

/// <summary>
/// Lets this gateway write only while it holds the lease on the database, by its own clock. Each transaction that writes asks the database too, so a
/// wrong clock or a pause does no harm. Safe for concurrent use.
/// </summary>
/// <param name="gateway">The name of this gateway.</param>
/// <param name="time">The clock; only its timestamps are used, which never go back.</param>
internal sealed class WriteFence(string gateway, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LeaseToken? _token;
    private long _until;

    public string Gateway => gateway;

    /// <summary>The lease that this gateway has taken, also if it was not renewed in time; null if it has none, or knows that it has lost it.</summary>
    public LeaseToken? Token
    {
        get
        {
            lock (_gate)
                return _token;
        }
    }

    /// <summary>Completes when the lease that this gateway has is known to be lost.</summary>
    public Task Lost
    {
        get
        {
            lock (_gate)
                return _lost.Task;
        }
    }

    /// <summary>Why this gateway does not write although it has taken the lease; null if it writes.</summary>
    public string? Trouble
    {
        get
        {
            lock (_gate)
                return _token is null ? $"gateway {gateway} has lost the lease" : IsLate ? $"gateway {gateway} could not renew the lease in time, so nothing can be changed" : null;
        }
    }

    private bool IsLate => time.GetTimestamp() >= _until;

    /// <summary>The lease, for a transaction that writes.</summary>
    /// <exception cref="StoreException">This gateway may not write now.</exception>
    public LeaseToken Require()
    {
        lock (_gate)
            return _token is { } token && !IsLate ? token : throw Refusal();
    }

    /// <summary>What a write gets that is refused.</summary>
    public StoreException Refusal() => new(StoreError.NoLease, Trouble ?? $"gateway {gateway} has lost the lease");

    /// <summary>This gateway has taken the lease, and may write until this timestamp.</summary>
    public void Take(LeaseToken token, long until)
    {
        lock (_gate)
        {
            (_token, _until) = (token, until);
            if (_lost.Task.IsCompleted)
                _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The lease was renewed, so that this gateway may write until this timestamp.</summary>
    public void Renew(LeaseToken token, long until)
    {
        lock (_gate)
        {
            if (token == _token)
                _until = long.Max(_until, until);
        }
    }

    /// <summary>The database says that the lease is no longer this gateway's.</summary>
    public void Lose(LeaseToken token)
    {
        lock (_gate)
        {
            if (token != _token)
                return;

            _token = null;
            _lost.TrySetResult();
        }
    }
}
