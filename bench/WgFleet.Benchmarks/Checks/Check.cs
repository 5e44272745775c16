using WgFleet.Benchmarks.Costs;
using WgFleet.Benchmarks.Reports;
using WgFleet.Benchmarks.Scenarios;

namespace WgFleet.Benchmarks.Checks;

/// <summary>
/// The short check: compares each path with its limit and each cost with its yardstick, and the ratios with those that are stored. The
/// tolerance for a path is so large that other load on the machine cannot fail the check; a cost does not depend on the load.
/// </summary>
internal static class Check
{
    /// <summary>How many times worse than its stored ratio a path may be.</summary>
    public const double Tolerance = 5;

    /// <summary>How many times worse than its stored ratio a cost may be.</summary>
    public const double CostTolerance = 1.5;

    /// <summary>What the ratio of a cost may be in any case: a stored zero cannot be multiplied.</summary>
    private const double Negligible = 0.01;

    private const int Clients = 500;
    private const int Callers = 8;
    private const int Rounds = 9;

    private static readonly string[] Paths = ["ping", "page", "rename", "register"];
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(150);

    /// <summary>Measures, compares and prints the result; false if a path was too slow twice, or a cost too high.</summary>
    public static async Task<bool> RunAsync(string file, bool store, CancellationToken cancellationToken)
    {
        var costs = await Cost.MeasureAllAsync(cancellationToken);
        foreach (var cost in costs)
            Console.WriteLine($"{cost.Name}: {Figure.Number(cost.Ours)}, yardstick {Figure.Number(cost.Yardstick)}, ratio {Figure.Ratio(cost.Ratio)}");

        await using var pair = await Pair.StartAsync(Clients, Against.Unthrottled, cancellationToken);
        var ratios = await MeasureAsync(pair, cancellationToken);
        if (store)
        {
            new StoredRatios(ratios, costs.ToDictionary(c => c.Name, c => c.Ratio)).Write(file);
            return true;
        }

        var stored = StoredRatios.Read(file);
        var name = Path.GetFileName(file);
        var dear = costs.Where(c => c.Ratio > Math.Max(Negligible, stored.Costs[c.Name] * CostTolerance)).ToList();
        foreach (var cost in dear)
            await Console.Error.WriteLineAsync(
                $"{cost.Name}: the ratio {Figure.Ratio(cost.Ratio)} is more than {CostTolerance} times the {Figure.Ratio(stored.Costs[cost.Name])} in {name}; "
                + "see docs/performance.md");

        if (Behind(ratios, stored.Paths).Count == 0)
            return dear.Count == 0;

        // Measure everything again: a real regression shows again.
        var behind = Behind(await MeasureAsync(pair, cancellationToken), stored.Paths);
        foreach (var path in behind)
            await Console.Error.WriteLineAsync($"{path} is more than {Tolerance} times as far from its limit as {name} says; see docs/performance.md");

        return behind.Count + dear.Count == 0;
    }

    private static async Task<Dictionary<string, double>> MeasureAsync(Pair pair, CancellationToken cancellationToken)
    {
        var ratios = new Dictionary<string, double>();
        foreach (var path in Paths)
        {
            var duel = await pair.RunAsync(path, Callers, Rounds, Time, cancellationToken);
            ratios[path] = duel.Ours.Failed + duel.Limit.Failed == 0
                ? duel.BestRatio
                : throw new IOException($"{path}: {duel.Ours.Failed} requests to the server and {duel.Limit.Failed} to the limit were not answered with 200");
            Console.WriteLine($"{path,-10}{Figure.Count(duel.Ours.PerSecond),10}/s{Figure.Count(duel.Limit.PerSecond),10}/s at the limit, "
                + $"ratio {Figure.Ratio(duel.Ratio)}, of the best rounds {Figure.Ratio(duel.BestRatio)}");
        }

        return ratios;
    }

    private static List<string> Behind(Dictionary<string, double> ratios, IReadOnlyDictionary<string, double> stored) =>
        [.. ratios.Where(r => r.Value * Tolerance < stored[r.Key]).Select(r => r.Key)];
}
