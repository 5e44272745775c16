using System.Net;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>One of two programs that get the same requests.</summary>
/// <param name="Process">The program.</param>
/// <param name="EndPoint">The address that it listens on.</param>
/// <param name="Request">Returns a new request; called by many threads at once.</param>
/// <param name="MaxRequests">The maximum number of requests in one round.</param>
internal sealed record Contender(ServerProcess Process, IPEndPoint EndPoint, Func<byte[]> Request, int MaxRequests = int.MaxValue);

/// <summary>A program's throughput and processor time, each the median of its rounds.</summary>
internal readonly record struct Effort(double PerSecond, TimeSpan CpuEach, int Failed);

/// <summary>
/// Two programs under the same load in turns, so that other load on the machine slows both. The results are the medians of
/// some short rounds; the ratio of throughputs is the median of the rounds' ratios.
/// </summary>
/// <param name="Ours">The results of our server.</param>
/// <param name="Limit">The results of the limit program.</param>
/// <param name="Ratio">Our throughput ÷ the limit's.</param>
/// <param name="BestRatio">The ratio of the best rounds, which is less affected by other load on the machine.</param>
internal sealed record Duel(Effort Ours, Effort Limit, double Ratio, double BestRatio)
{
    public static async Task<Duel> RunAsync(
        Contender ours, Contender limit, int callers, int rounds, TimeSpan time, CancellationToken cancellationToken)
    {
        var (our, its, ratios) = (new List<Effort>(), new List<Effort>(), new List<double>());
        await OneAsync(ours);
        await OneAsync(limit);
        for (var round = 0; round < rounds; round++)
        {
            our.Add(await OneAsync(ours));
            its.Add(await OneAsync(limit));
            ratios.Add(our[^1].PerSecond / its[^1].PerSecond);
        }

        return new Duel(Median(our), Median(its), Middle(ratios), our.Max(e => e.PerSecond) / its.Max(e => e.PerSecond));

        async Task<Effort> OneAsync(Contender one)
        {
            var cpu = one.Process.Usage.Cpu;
            var load = await Callers.RunAsync(one.EndPoint, callers, one.MaxRequests, time, _ => one.Request(), cancellationToken);
            return new Effort(load.PerSecond, (one.Process.Usage.Cpu - cpu) / load.Count, load.Failed);
        }
    }

    /// <summary>The median; of an even number of values the lower of the two in the middle.</summary>
    public static T Middle<T>(IEnumerable<T> values)
    {
        var sorted = values.Order().ToList();
        return sorted[(sorted.Count - 1) / 2];
    }

    private static Effort Median(List<Effort> efforts) =>
        new(Middle(efforts.Select(e => e.PerSecond)), Middle(efforts.Select(e => e.CpuEach)), efforts.Sum(e => e.Failed));
}
