using System.Diagnostics;
using System.Globalization;
using WgFleet.Benchmarks.Limits;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Compares each hot path with a program that does only the necessary work for it.</summary>
internal sealed class Against : IScenario
{
    /// <summary>Writes the files at once after each change, because the limit program does not throttle either.</summary>
    public const string Unthrottled = """
        hooks:
          list:
            - {name: hosts_file, min_interval: 0s}
            - {name: prometheus_sd, min_interval: 0s}
        """;

    private const string TargetsOnly = """
        hooks:
          list:
            - {name: hosts_file, enabled: false}
            - {name: prometheus_sd, min_interval: 0s}
        """;

    private const int Rounds = 3;

    public string Name => "limits";

    public IReadOnlyList<string> Columns =>
    [
        "path", "clients", "callers", "ours/s", "limit/s", "ours ÷ limit", "our CPU ms each", "limit's CPU ms each", "CPU ours ÷ limit", "not 200",
    ];

    public Chart Chart => new("Throughput: ours ÷ limit (1 is the limit)", [0, 1, 2], [5]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        var time = bench.Time / 6;
        foreach (var (config, paths) in new[] { ("", new[] { "ping", "page", "register" }), (Unthrottled, ["rename"]) })
        {
            await using var pair = await Pair.StartAsync(2_000, config, cancellationToken);
            foreach (var path in paths)
            {
                foreach (var callers in bench.Callers)
                {
                    var duel = await pair.RunAsync(path, callers, Rounds, time, cancellationToken);
                    Add(table, path, 2_000, callers, duel);
                    AddGoals(bench.Goals, path, 2_000, callers, duel);
                }
            }
        }

        await using (var pair = await Pair.StartAsync(10_000, "", cancellationToken))
        {
            foreach (var callers in bench.Callers.Where(c => c > 1))
            {
                var duel = await pair.RunAsync("register", callers, Rounds, time, cancellationToken);
                Add(table, "register", 10_000, callers, duel);
                AddCpuGoal(bench.Goals, "register", 10_000, callers, duel);
            }
        }

        await using (var pair = await Pair.StartAsync(10_000, TargetsOnly, cancellationToken))
        {
            var duel = await pair.RunAsync("sd", 1, Rounds, time, cancellationToken);
            Add(table, "sd", 10_000, 1, duel);
            AddGoals(bench.Goals, "sd", 10_000, 1, duel);
        }

        table.Add(await PruneAsync(2_000, bench.Goals, cancellationToken));
    }

    private static void Add(Table table, string path, int clients, int callers, Duel duel) => table.Add(
    [
        path, Figure.Count(clients), Figure.Count(callers), Figure.Count(duel.Ours.PerSecond), Figure.Count(duel.Limit.PerSecond), Figure.Ratio(duel.Ratio),
        Figure.Milliseconds(duel.Ours.CpuEach), Figure.Milliseconds(duel.Limit.CpuEach), Figure.Ratio(duel.Ours.CpuEach / duel.Limit.CpuEach),
        Figure.Count(duel.Ours.Failed + duel.Limit.Failed),
    ]);

    private static void AddGoals(Goals goals, string path, int clients, int callers, Duel duel)
    {
        if (Goal.ToLimit(path, callers) is { } goal)
            goals.Add(goal, duel.Ratio);
        AddCpuGoal(goals, path, clients, callers, duel);
    }

    private static void AddCpuGoal(Goals goals, string path, int clients, int callers, Duel duel)
    {
        if (path == "register" && callers == 8)
            goals.Add(Goal.RegisterCpu(clients), duel.Ours.CpuEach / duel.Limit.CpuEach);
    }

    // A prune is one piece of work, not a load, so the figures are per client.
    private static async Task<IEnumerable<string>> PruneAsync(int stale, Goals goals, CancellationToken cancellationToken)
    {
        var (ours, our, limits, its) = (new List<TimeSpan>(), new List<TimeSpan>(), new List<TimeSpan>(), new List<TimeSpan>());
        await using var limit = await LimitProcess.StartAsync(0, cancellationToken);
        using var connection = HttpConnection.Open(LimitServer.EndPoint);
        for (var round = 0; round < Rounds; round++)
        {
            var pruned = await Prune.SweepAsync(stale, others: false, cancellationToken);
            ours.Add(pruned.Removed);
            our.Add(pruned.Cpu);

            await connection.SendAsync(LimitProcess.Request(string.Create(CultureInfo.InvariantCulture, $"/seed?{stale}")), cancellationToken);
            var cpu = limit.Process.Usage.Cpu;
            var start = Stopwatch.GetTimestamp();
            await connection.SendAsync(LimitProcess.Request("/prune"), cancellationToken);
            limits.Add(Stopwatch.GetElapsedTime(start));
            its.Add(limit.Process.Usage.Cpu - cpu);
        }

        var (took, least, cpuOurs, cpuLimit) = (Duel.Middle(ours), Duel.Middle(limits), Duel.Middle(our) / stale, Duel.Middle(its) / stale);
        goals.Add(Goal.PruneToLimit, least / took);
        return
        [
            "prune", Figure.Count(stale), "–", Figure.Count(stale / took.TotalSeconds), Figure.Count(stale / least.TotalSeconds), Figure.Ratio(least / took),
            Figure.Milliseconds(cpuOurs), Figure.Milliseconds(cpuLimit), cpuLimit > TimeSpan.Zero ? Figure.Ratio(cpuOurs / cpuLimit) : "–", "0",
        ];
    }
}
