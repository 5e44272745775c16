using System.Net;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>One of two programs that are asked for the same.</summary>
/// <param name="Process">The program.</param>
/// <param name="EndPoint">Where it listens.</param>
/// <param name="Request">A request that was not made before; called by many threads.</param>
/// <param name="MaxRequests">The most requests of one round.</param>
internal sealed record Contender(ServerProcess Process, IPEndPoint EndPoint, Func<byte[]> Request, int MaxRequests = int.MaxValue);

/// <summary>Median throughput and processor time of a program's rounds.</summary>
internal readonly record struct Effort(double PerSecond, TimeSpan CpuEach, int Failed);

/// <summary>
/// Two programs under the same load in turns, so that whatever else the machine does meanwhile slows both: the medians of
/// some short rounds, and the ratio of throughputs, which is the median of the rounds' ratios.
/// </summary>
/// <param name="Ours">Our rounds.</param>
/// <param name="Limit">The other's.</param>
/// <param name="Ratio">Ours ÷ limit.</param>
/// <param name="BestRatio">The same of each one's best round: what is left of it on a machine that is busy with something else.</param>
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

    /// <summary>The middle one of them; of an even number the lower.</summary>
    public static T Middle<T>(IEnumerable<T> values)
    {
        var sorted = values.Order().ToList();
        return sorted[(sorted.Count - 1) / 2];
    }

    private static Effort Median(List<Effort> efforts) =>
        new(Middle(efforts.Select(e => e.PerSecond)), Middle(efforts.Select(e => e.CpuEach)), efforts.Sum(e => e.Failed));
}
