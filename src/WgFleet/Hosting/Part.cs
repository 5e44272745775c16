namespace WgFleet.Hosting;

/// <summary>The state of a part of the server.</summary>
/// <param name="Name">Its name, such as <c>prune</c> or <c>watch:alpha</c>.</param>
/// <param name="FailingSince">When it began to fail; null while it works.</param>
/// <param name="Reason">Why it fails, in one line; null while it works.</param>
/// <param name="Faults">How often it has failed since the server started.</param>
internal sealed record PartStatus(string Name, DateTimeOffset? FailingSince, string? Reason, int Faults)
{
    public bool IsFailing => FailingSince is not null;
}

/// <summary>A loop that a <see cref="Supervisor"/> runs. Safe for concurrent use.</summary>
internal sealed class Part : IAsyncDisposable
{
    private readonly Supervisor _supervisor;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop;
    private volatile PartStatus _status;
    private volatile bool _mayEnd;

    public Part(string name, Supervisor supervisor, TimeProvider time, CancellationToken stopping)
    {
        (_supervisor, _time, _status) = (supervisor, time, new PartStatus(name, null, null, 0));
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Stopping = _stop.Token;
    }

    /// <summary>The present state.</summary>
    public PartStatus Status => _status;

    public string Name => _status.Name;

    /// <summary>Cancelled when it is told to stop.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Whether its loop may return by itself.</summary>
    public bool MayEnd => _mayEnd || Stopping.IsCancellationRequested;

    /// <summary>Completes when its loop has ended for good; never fails.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    /// <summary>Called by the loop when it has succeeded: the part no longer fails.</summary>
    public void Works()
    {
        if (_status is { IsFailing: true } status)
            _status = status with { FailingSince = null, Reason = null };
    }

    /// <summary>Marks the part as failing until <see cref="Works"/> is called.</summary>
    public void Failed(string reason) =>
        _status = _status with { FailingSince = _status.FailingSince ?? _time.GetUtcNow(), Reason = reason, Faults = _status.Faults + 1 };

    /// <summary>After this the loop may return, and is not started again.</summary>
    public void LetEnd() => _mayEnd = true;

    /// <summary>Stops the loop, waits for its end and removes it from the list. Never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        await Supervisor.CancelAsync(_stop);
        await Ended;
        _supervisor.Forget(this);
    }
}
