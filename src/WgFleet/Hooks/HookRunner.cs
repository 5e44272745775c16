using System.Threading.Channels;

namespace WgFleet.Hooks;

/// <summary>
/// Calls one hook's code so that nothing it does harms the rest: what it throws is returned, its time is limited, and a
/// call that never returns is left behind. One call at a time.
/// </summary>
internal sealed partial class HookRunner(string name, TimeSpan timeout, HookStatus status, TimeProvider time, ILogger log)
{
    /// <summary>What a hook is given after its timeout to heed its token.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // An event that comes again and one that is new may come at once, from two lanes. A channel of one token: nothing to dispose of.
    private readonly Channel<bool> _turn = Channel.CreateBounded<bool>(1);

    /// <summary>Called when a call that was left behind has returned after all.</summary>
    public Action? CameBack { get; set; }

    /// <summary>Calls the hook on a thread of the pool, when its turn comes; null if it went well, else why not. Never throws.</summary>
    public async Task<Exception?> RunAsync(Func<CancellationToken, ValueTask> call, CancellationToken stoppingToken)
    {
        await _turn.Writer.WriteAsync(true, CancellationToken.None);
        try
        {
            return await CallAsync(call, stoppingToken);
        }
        finally
        {
            _turn.Reader.TryRead(out _);
        }
    }

    private async Task<Exception?> CallAsync(Func<CancellationToken, ValueTask> call, CancellationToken stoppingToken)
    {
        if (status.Stuck)
            return new TimeoutException("an earlier call has not returned");

        var started = time.GetTimestamp();
        var cancel = new CancellationTokenSource();
        var running = Task.Run(async () => await call(cancel.Token), CancellationToken.None);

        await running.WaitAsync(timeout, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Exception? error = null;
        if (!running.IsCompleted)
        {
            error = stoppingToken.IsCancellationRequested
                ? new OperationCanceledException("the server stopped before it was done")
                : new TimeoutException($"took longer than {timeout.TotalSeconds:0.###} s");

            // On the pool and unawaited: what the hook hung on its token may block as well.
            _ = cancel.CancelAsync();
            await running.WaitAsync(Grace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var took = time.GetElapsedTime(started);
        if (!running.IsCompleted)
        {
            LeaveBehind(running, cancel, started);
        }
        else
        {
            error ??= await ErrorOf(running);
            cancel.Dispose();
        }

        if (error is null)
            status.Succeeded(time.GetUtcNow(), took);
        else
            status.Failed(time.GetUtcNow(), took, error.Message);

        return error;
    }

    private static async Task<Exception?> ErrorOf(Task ended)
    {
        try
        {
            await ended;
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private void LeaveBehind(Task running, CancellationTokenSource cancel, long started)
    {
        status.GotStuck();
        Log.Stuck(log, name, time.GetElapsedTime(started).TotalSeconds);
        _ = ReturnAsync();

        async Task ReturnAsync()
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            cancel.Dispose();
            status.CameBack();
            Log.CameBack(log, name, time.GetElapsedTime(started).TotalSeconds);
            CameBack?.Invoke();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Hook {Hook} is stuck: after {Seconds:0.#} s it has neither returned nor heeded its cancellation token; it is not called again until it returns, the other hooks go on")]
        public static partial void Stuck(ILogger log, string hook, double seconds);

        [LoggerMessage(2, LogLevel.Warning, "Hook {Hook} has returned after {Seconds:0.#} s and is called again")]
        public static partial void CameBack(ILogger log, string hook, double seconds);
    }
}
