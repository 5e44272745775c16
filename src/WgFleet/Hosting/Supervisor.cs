namespace WgFleet.Hosting;

/// <summary>
/// Runs every loop of the server, each with a name. A loop that throws, or returns although it was not stopped, is logged, shown as failing
/// and started again after a back-off. No loop can end unnoticed or end the process, except by <see cref="FatalException"/>. Safe for
/// concurrent use.
/// </summary>
internal sealed partial class Supervisor(TimeProvider time, ILogger<Supervisor> log) : IAsyncDisposable
{
    /// <summary>The wait before a loop is started again: short, because the server is not ready until all loops work again.</summary>
    public static readonly Backoff Restarts = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    /// <summary>How often the same fault is logged when it has been logged a few times.</summary>
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);

    /// <summary>How many times the same fault is logged at first.</summary>
    private const int LoggedAtFirst = 4;

    /// <summary>If a loop has run for this long, its next failure is counted as the first.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    /// <summary>How long a stop waits for loops that ignore it.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<Part> _parts = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<FatalException> _fatal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All parts, in the order in which they were started.</summary>
    public IReadOnlyList<PartStatus> Parts
    {
        get
        {
            lock (_gate)
                return [.. _parts.Select(p => p.Status)];
        }
    }

    /// <summary>Completes when a part reports that the process cannot continue.</summary>
    public Task<FatalException> Fatal => _fatal.Task;

    /// <summary>Starts a loop, on the thread pool.</summary>
    /// <param name="name">The name for people, and the label of a metric.</param>
    /// <param name="loop">Runs until its token is cancelled; calls <see cref="Part.Works"/> whenever it has done something.</param>
    public Part Run(string name, Func<Part, CancellationToken, Task> loop)
    {
        lock (_gate)
        {
            var part = new Part(name, this, time, _stopping.Token);
            part.Ended = Task.Run(() => SuperviseAsync(part, loop));
            _parts.Add(part);
            return part;
        }
    }

    /// <summary>Starts a loop that does one thing again and again. A round that fails is repeated after the back-off, not only after the interval.</summary>
    /// <param name="name">The name for people, and the label of a metric.</param>
    /// <param name="interval">Time between two rounds; the first comes after it.</param>
    /// <param name="round">One round.</param>
    public Part Every(string name, TimeSpan interval, Func<CancellationToken, Task> round) => Run(name, async (part, stopping) =>
    {
        using var timer = new PeriodicTimer(interval, time);
        while (part.Status.IsFailing || await timer.WaitForNextTickAsync(stopping))
        {
            await round(stopping);
            part.Works();
        }
    });

    /// <summary>Stops all loops and waits for their end, for at most 10 s. Never throws.</summary>
    public async Task StopAsync()
    {
        await CancelAsync(_stopping);
        Part[] parts;
        lock (_gate)
            parts = [.. _parts];

        await Task.WhenAny(Task.WhenAll(parts.Select(p => p.Ended)), Task.Delay(StopLimit, time));
        foreach (var part in parts.Where(p => !p.Ended.IsCompleted))
            Log.DoesNotStop(log, part.Name, StopLimit.TotalSeconds);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Removes a part that has ended from the list.</summary>
    public void Forget(Part part)
    {
        lock (_gate)
            _parts.Remove(part);
    }

    /// <summary>Cancels, and ignores what registered callbacks throw.</summary>
    public static async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync();
        }
        catch (Exception e) when (e is AggregateException or ObjectDisposedException)
        {
        }
    }

    private async Task SuperviseAsync(Part part, Func<Part, CancellationToken, Task> loop)
    {
        var (failures, toldAt) = (0, 0L);
        while (!part.Stopping.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            var fault = await RunAsync(part, loop);
            if (fault is null)
                return;

            if (fault is FatalException fatal)
            {
                part.Failed(OneLine(fatal.Message));
                Log.Fatal(log, part.Name, fatal);
                _fatal.TrySetResult(fatal);
                return;
            }

            if (part.Stopping.IsCancellationRequested)
            {
                Log.FailedStopping(log, part.Name, fault);
                return;
            }

            failures = time.GetElapsedTime(began) >= Steady ? 1 : failures + 1;
            var delay = Restarts.Delay(failures);
            if (failures <= LoggedAtFirst || part.Status.Reason != OneLine(fault.Message) || time.GetElapsedTime(toldAt) >= Reminder)
            {
                Tell(part, fault, failures, delay);
                toldAt = time.GetTimestamp();
            }

            part.Failed(OneLine(fault.Message));
            await Task.Delay(delay, time, part.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Runs the loop once; returns its fault, or null if it ended as it should.</summary>
    private static async Task<Exception?> RunAsync(Part part, Func<Part, CancellationToken, Task> loop)
    {
        try
        {
            await loop(part, part.Stopping);
            return part.MayEnd ? null : new InvalidOperationException("it ended although nothing stopped it");
        }
        catch (OperationCanceledException) when (part.Stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    // The stack trace is logged the first time only; repeated faults are one line.
    private void Tell(Part part, Exception fault, int failures, TimeSpan delay)
    {
        var reason = OneLine(fault.Message);
        if (part.Status.Reason == reason)
            Log.FailedAgain(log, part.Name, failures, delay.TotalSeconds, reason);
        else
            Log.Failed(log, part.Name, delay.TotalSeconds, fault);
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => PlainText.IsHidden(c) ? ' ' : c)).Trim();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Part} has failed, starting it again in {Seconds:0.0} s")]
        public static partial void Failed(ILogger log, string part, double seconds, Exception e);

        [LoggerMessage(2, LogLevel.Error, "{Part} has failed {Times} times in a row, starting it again in {Seconds:0.0} s: {Reason}")]
        public static partial void FailedAgain(ILogger log, string part, int times, double seconds, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{Part} failed while it was being stopped")]
        public static partial void FailedStopping(ILogger log, string part, Exception e);

        [LoggerMessage(4, LogLevel.Critical, "{Part} cannot continue, so the server ends")]
        public static partial void Fatal(ILogger log, string part, Exception e);

        [LoggerMessage(5, LogLevel.Warning, "{Part} did not stop within {Seconds} s; the server does not wait for it any longer")]
        public static partial void DoesNotStop(ILogger log, string part, double seconds);
    }
}
