namespace WgFleet.Hooks.Deliveries;

/// <summary>What the worker waits for while it is idle.</summary>
internal sealed partial class DeliveryWorker
{
    /// <summary>A timer has a maximum time, and would be late if the clock is set back.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Step 5: waits for an event, the end of an attempt, an operator or the time of the next attempt.</summary>
    private async Task WaitAsync(Task changed, CancellationToken stoppingToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var more = wants is null || HasEnough() ? Task.Delay(Timeout.Infinite, end.Token) : services.Events.WaitAsync(_taken, end.Token);
        var due = NextDue() is { } wait ? Task.Delay(wait, _time, end.Token) : Task.Delay(Timeout.Infinite, end.Token);
        await Task.WhenAny(changed, more, due);
        await end.CancelAsync();
        await Task.WhenAll(more, due).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>How many attempts may be under way now: only one while the receiver is down.</summary>
    private int Slots => _breaker.IsOpen ? 1 : concurrency;

    private TimeSpan? NextDue()
    {
        lock (_gate)
        {
            // Without a free slot, only the end of an attempt matters.
            if (_paused is not null || _busy.Count >= Slots || _queue.NextDue(_time.GetUtcNow()) is not { } wait)
                return null;

            var probe = _breaker.ProbeIn;
            wait = wait > probe ? wait : probe;
            return wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : LongestWait;
        }
    }

    /// <summary>
    /// Whether the queue has enough deliveries. Not if all of them are to be tried again later: then other clients may have events that can be
    /// delivered now.
    /// </summary>
    private bool HasEnough()
    {
        lock (_gate)
            return _queue.Count >= Enough && (_paused is not null || _busy.Count >= Slots || _queue.NextDue(_time.GetUtcNow()) <= TimeSpan.Zero);
    }
}
