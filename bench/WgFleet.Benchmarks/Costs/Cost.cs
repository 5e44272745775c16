namespace WgFleet.Benchmarks.Costs;

/// <summary>
/// What a piece of work takes in bytes or rows, which does not depend on how busy the machine is, beside a yardstick that the same run
/// measured.
/// </summary>
/// <param name="Name">The name of the cost in bench/ratios.json.</param>
/// <param name="Ours">The cost of our code.</param>
/// <param name="Yardstick">The cost of the work that it is compared with, in the same unit.</param>
internal sealed record Cost(string Name, double Ours, double Yardstick)
{
    /// <summary>Ours ÷ yardstick: the lower the better.</summary>
    public double Ratio => Ours / Yardstick;

    /// <summary>Measures all costs; takes a few seconds.</summary>
    public static async Task<IReadOnlyList<Cost>> MeasureAllAsync(CancellationToken cancellationToken) =>
    [
        await PingCost.MeasureAsync(),
        MetricCost.Measure(),
        PageCost.Measure(),
        .. HistoryCosts.Measure(),
        CommitCost.Measure(),
        await OutputCost.MeasureAsync(cancellationToken),
    ];

    /// <summary>The bytes that this thread allocates during the work.</summary>
    public static long Allocated(Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
