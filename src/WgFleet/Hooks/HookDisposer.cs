namespace WgFleet.Hooks;

/// <summary>Disposes of a hook's object when the server stops, as guardedly as it was called, and not while it is.</summary>
internal sealed partial class HookDisposer(string name, object hook, HookRunner runner, TimeProvider time, ILogger log)
{
    /// <summary>How long a stop waits for it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Disposes of it after the call under way. Never throws; what is stuck in a call is left alone.</summary>
    public async Task DisposeAsync()
    {
        var ended = runner.RunAsync(_ => DisposeHookAsync(), CancellationToken.None).AsTask();
        await ((Task)ended).WaitAsync(Limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var error = ended.IsCompleted ? (await ended).Error : new TimeoutException($"took longer than {Limit.TotalSeconds:0} s");
        if (error is not null)
            Log.Failed(log, name, error.Message, error);
    }

    private ValueTask DisposeHookAsync()
    {
        if (hook is IAsyncDisposable disposable)
            return disposable.DisposeAsync();

        (hook as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Hook {Hook} could not be disposed of: {Error}")]
        public static partial void Failed(ILogger log, string hook, string error, Exception exception);
    }
}
