using System.Diagnostics.CodeAnalysis;

namespace WgFleet.Hooks;

/// <summary>
/// Calls the code of one hook, one call at a time, and protects the server from it: exceptions are returned, the time is
/// limited, and a call that never returns is abandoned. Every call of the hook goes through this: for an event, a test or a diff.
/// </summary>
/// <remarks>
/// A call runs on the thread pool and may block its thread, for ever if it is stuck. A hook has at most one call under way, so
/// <see cref="HookSet"/> keeps one more thread in the pool for each hook.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore without a wait handle has no resources, and a stuck call may still use it.")]
internal sealed partial class HookTurn(string hook, TimeSpan timeout, HookHealth health, TimeProvider time, ILogger log)
{
    /// <summary>How long a call may go on after its token was cancelled before it counts as stuck.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Called when a stuck call has returned.</summary>
    public Action? Returned { get; set; }

    /// <summary>Waits for the calls before it, then calls the hook. Never throws.</summary>
    /// <param name="call">The call; its token is cancelled at the timeout and when the server stops.</param>
    /// <param name="stoppingToken">Ends the wait and cancels the call.</param>
    /// <param name="counts">Whether the outcome is part of the hook's health; a test's is not.</param>
    public async Task<HookOutcome> RunAsync(Func<CancellationToken, ValueTask> call, CancellationToken stoppingToken, bool counts = true)
    {
        try
        {
            await _turn.WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException e)
        {
            return new HookOutcome(e, TimeSpan.Zero);
        }

        try
        {
            if (health.Stuck)
                return new HookOutcome(new TimeoutException("an earlier call has not returned"), TimeSpan.Zero);

            var started = time.GetTimestamp();
            var error = await CallAsync(call, started, stoppingToken);
            var outcome = new HookOutcome(error, time.GetElapsedTime(started));
            if (counts)
                Record(outcome);

            return outcome;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes the call; returns why it failed, null if it succeeded.</summary>
    private async Task<Exception?> CallAsync(Func<CancellationToken, ValueTask> call, long started, CancellationToken stoppingToken)
    {
        // Not disposed, because a stuck call may still use its token.
        var cancel = new CancellationTokenSource();
        var running = Task.Run(() => call(cancel.Token).AsTask(), CancellationToken.None);
        await running.WaitAsync(timeout, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (running.IsCompleted)
            return ErrorOf(running);

        Exception overrun = stoppingToken.IsCancellationRequested
            ? new OperationCanceledException("the server stopped before it had finished")
            : new TimeoutException($"took longer than {timeout.TotalSeconds:0.###} s");

        // Not awaited, because callbacks that the hook registered on its token may block too.
        _ = cancel.CancelAsync();
        await running.WaitAsync(Grace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompleted)
            LeaveBehind(running, started);

        return overrun;
    }

    private void LeaveBehind(Task running, long started)
    {
        health.Stuck = true;
        Log.Stuck(log, hook, time.GetElapsedTime(started).TotalSeconds);
        _ = running.ContinueWith(
            _ =>
            {
                health.Stuck = false;
                Log.Returned(log, hook, time.GetElapsedTime(started).TotalSeconds);
                Returned?.Invoke();
            },
            TaskScheduler.Default);
    }

    private void Record(HookOutcome outcome)
    {
        if (outcome.Error is { } error)
            health.Failed(time.GetUtcNow(), error.Message);
        else
            health.Succeeded(time.GetUtcNow());
    }

    private static Exception? ErrorOf(Task ended) => ended.IsCanceled ? new OperationCanceledException() : ended.Exception?.InnerException;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Hook {Hook} is stuck: its call has not returned after {Seconds:0.#} s, although it was cancelled. The hook is not called again until the call returns; other hooks are not affected")]
        public static partial void Stuck(ILogger log, string hook, double seconds);

        [LoggerMessage(2, LogLevel.Warning, "Hook {Hook}: the stuck call has returned after {Seconds:0.#} s; the hook is called again")]
        public static partial void Returned(ILogger log, string hook, double seconds);
    }
}

/// <summary>The result of a call of a hook.</summary>
/// <param name="Error">Why it failed; null if it succeeded.</param>
/// <param name="Took">How long it took, or ran before it counted as stuck.</param>
internal readonly record struct HookOutcome(Exception? Error, TimeSpan Took);
