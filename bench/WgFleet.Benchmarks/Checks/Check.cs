using WgFleet.Benchmarks.Reports;
using WgFleet.Benchmarks.Scenarios;

namespace WgFleet.Benchmarks.Checks;

/// <summary>
/// The short check: compares each path with its limit and with the stored ratio. The tolerance is so
/// large that other load on the machine cannot fail the check.
/// </summary>
internal static class Check
{
    /// <summary>How many times worse than its stored ratio a path may be.</summary>
    public const double Tolerance = 5;

    private const int Clients = 500;
    private const int Callers = 8;
    private const int Rounds = 9;

    private static readonly string[] Paths = ["ping", "page", "rename", "register"];
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(150);

    /// <summary>Measures, compares and prints the result; false if a path was too slow twice.</summary>
    public static async Task<bool> RunAsync(string file, bool store, CancellationToken cancellationToken)
    {
        await using var pair = await Pair.StartAsync(Clients, Against.Unthrottled, cancellationToken);
        var ratios = await MeasureAsync(pair, cancellationToken);
        if (store)
        {
            StoredRatios.Write(file, ratios);
            return true;
        }

        var stored = StoredRatios.Read(file);
        if (Behind(ratios, stored).Count == 0)
            return true;

        // Measure everything again: a real regression shows again.
        var behind = Behind(await MeasureAsync(pair, cancellationToken), stored);
        foreach (var path in behind)
            await Console.Error.WriteLineAsync($"{path} is more than {Tolerance} times as far from its limit as {Path.GetFileName(file)} says; see docs/performance.md");

        return behind.Count == 0;
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
            Console.WriteLine($"{path,-10}{Figure.Count(duel.Ours.PerSecond),10}/s{Figure.Count(duel.Limit.PerSecond),10}/s at the limit, ratio {Figure.Ratio(duel.Ratio)}, of the best rounds {Figure.Ratio(duel.BestRatio)}");
        }

        return ratios;
    }

    private static List<string> Behind(Dictionary<string, double> ratios, IReadOnlyDictionary<string, double> stored) =>
        [.. ratios.Where(r => r.Value * Tolerance < stored[r.Key]).Select(r => r.Key)];
}
