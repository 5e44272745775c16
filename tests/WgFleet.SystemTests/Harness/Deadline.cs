using System.Diagnostics;

namespace WgFleet.SystemTests.Harness;

/// <summary>How long tests wait for what must come: far longer than it takes, so that only a hang fails.</summary>
internal static class Deadline
{
    public static TimeSpan Hang { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Waits until something outside this process is so. What fails while looking counts as not yet.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> isSo, TimeSpan? within = null)
    {
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        while (watch.Elapsed < (within ?? Hang))
        {
            try
            {
                if (await isSo())
                    return;
            }
            catch (Exception e) when (e is not OperationCanceledException { CancellationToken.IsCancellationRequested: true })
            {
                last = e;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"after {watch.Elapsed.TotalSeconds:0} s still not so: {what}", last);
    }

    public static Task UntilAsync(string what, Func<bool> isSo, TimeSpan? within = null) =>
        UntilAsync(what, () => Task.FromResult(isSo()), within);
}
