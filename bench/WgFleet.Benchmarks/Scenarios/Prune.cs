using Microsoft.Data.Sqlite;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;
using WgFleet.Store;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Thousands of clients have gone quiet and are removed in one sweep, while others ping, register and rename themselves.</summary>
internal sealed class Prune : IScenario
{
    private const string Removed = "SELECT count(*) FROM events WHERE type = 'client.removed'";

    public string Name => "prune";

    public IReadOnlyList<string> Columns =>
    [
        "stale clients", "others there", "all removed s", "hosts file right s", "server CPU s",
        "longest ping ms", "longest registration ms", "longest renaming ms", "not 200",
    ];

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var stale in bench.ClientsOr(2_000))
            table.Add(await RunAsync(stale, cancellationToken));
    }

    private static async Task<IEnumerable<string>> RunAsync(int stale, CancellationToken cancellationToken)
    {
        await using var gateway = new Gateway("prune_grace: 0s");
        var gone = gateway.Know(stale, Names.Web, DateTimeOffset.UtcNow.AddDays(-2));
        var others = gateway.Know(100, i => $"other-{i}");

        // Time enough to compile what is hot before the first sweep.
        var server = await gateway.StartAsync(cancellationToken, ("WG_FLEET_PRUNE_INTERVAL", "6"));
        await Callers.RunAsync(Gateway.EndPoint, 4, 2_000, TimeSpan.FromSeconds(1), i => Requests.Ping(others[i % 100].Address, null), cancellationToken);
        await Callers.RunAsync(Gateway.EndPoint, 4, 300, TimeSpan.FromSeconds(1), _ => Requests.Register, cancellationToken);
        await Callers.RunAsync(Gateway.EndPoint, 4, 300, TimeSpan.FromSeconds(1), i => Requests.Ping(others[i % 50].Address, $"warm-{i}"), cancellationToken);

        await using var database = new SqliteConnection($"Data Source={gateway.Database};Mode=ReadOnly;Pooling=False");
        await database.OpenAsync(cancellationToken);
        if (Scalar<long>(database, Removed) > 0)
            throw new InvalidOperationException("the sweep came before the callers were ready: the machine is too busy to measure this");

        var cpu = server.Usage.Cpu;
        using var pinging = new Bystander(Gateway.EndPoint, i => Requests.Ping(others[i % 50].Address, null), TimeSpan.FromMilliseconds(2));
        using var registering = new Bystander(Gateway.EndPoint, _ => Requests.Register, TimeSpan.FromMilliseconds(10));
        using var renaming = new Bystander(Gateway.EndPoint, i => Requests.Ping(others[50].Address, $"again-{i}"), TimeSpan.FromMilliseconds(10));

        while (Scalar<long>(database, Removed) < stale)
            await Task.Delay(2, cancellationToken);

        var removed = DateTimeOffset.UtcNow;
        await HostsWatch.IsAsync(names => !gone.Any(c => names.ContainsKey(c.Address.ToString())), 0, cancellationToken);
        var right = DateTimeOffset.UtcNow;
        var used = server.Usage.Cpu - cpu;
        LoadResult[] meanwhile = [pinging.Finish(), registering.Finish(), renaming.Finish()];

        // The server's own clock, which is ours: the moment the first portion was decided.
        var began = UtcText.Read(Scalar<string>(database, "SELECT min(time) FROM events WHERE type = 'client.removed'"));
        return
        [
            Figure.Count(stale), Figure.Count(others.Count), Figure.Seconds(removed - began), Figure.Seconds(right - began), Figure.Seconds(used),
            .. meanwhile.Select(m => Figure.Milliseconds(m.Longest)), Figure.Count(meanwhile.Sum(m => m.Failed)),
        ];
    }

    private static T Scalar<T>(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
#pragma warning disable CA2100 // The statements are the constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (T)command.ExecuteScalar()!;
    }
}
