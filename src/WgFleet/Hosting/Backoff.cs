namespace WgFleet.Hosting;

/// <summary>
/// How long to wait before the next attempt: <paramref name="First"/>, then twice as long each time up to <paramref name="Longest"/>, minus up to
/// <paramref name="Jitter"/> of it at random so that what failed together is not tried again together.
/// </summary>
internal readonly record struct Backoff(TimeSpan First, TimeSpan Longest, double Jitter = 0.2)
{
    /// <param name="failures">How often it has failed in a row, from 1.</param>
    public TimeSpan Delay(int failures)
    {
        var doubled = First * Math.Pow(2, Math.Min(failures, 32) - 1);
        return (doubled < Longest ? doubled : Longest) * (1 - (Jitter * Random.Shared.NextDouble()));
    }
}
