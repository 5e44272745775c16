namespace WgFleet.Hosting;

/// <summary>Notices when the clock is set while the server runs, or when the machine slept: the time of day moves by more than the time that passed.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed partial class ClockWatch(TimeProvider time, ILogger<ClockWatch> log)
{
    /// <summary>Time synchronization moves the clock by less between two looks, and nobody has to know.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private (DateTimeOffset Time, long Stamp) _before = (time.GetUtcNow(), time.GetTimestamp());
    private volatile ClockStep? _lastStep;

    /// <summary>The last step of the clock; null if there was none since the server started.</summary>
    public ClockStep? LastStep => _lastStep;

    /// <summary>Compares the time of day with the time that has passed since the last look.</summary>
    public void Look()
    {
        lock (_gate)
        {
            var (now, stamp) = (time.GetUtcNow(), time.GetTimestamp());
            var by = now - _before.Time - time.GetElapsedTime(_before.Stamp, stamp);
            _before = (now, stamp);
            if (by.Duration() < Least)
                return;

            _lastStep = new(now, by);
            Log.Stepped(log, by.TotalSeconds);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The clock was set by {Seconds:+0;-0} s, or the machine slept")]
        public static partial void Stepped(ILogger log, double seconds);
    }
}

/// <summary>A step of the clock.</summary>
/// <param name="At">When it was noticed, by the clock after the step.</param>
/// <param name="By">How far the clock moved; negative if it was set back.</param>
internal sealed record ClockStep(DateTimeOffset At, TimeSpan By);
