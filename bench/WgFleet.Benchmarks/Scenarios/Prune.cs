using Microsoft.Data.Sqlite;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Thousands of stale clients are removed in one prune, while others ping, register and change their names.</summary>
internal sealed class Prune : IScenario
{
    private const string Removed = "SELECT count(*) FROM events WHERE type = 'client.removed'";

    private const int Others = 100;

    public string Name => "prune";

    public IReadOnlyList<string> Columns =>
    [
        "stale clients", "others there", "all removed s", "hosts file right s", "server CPU s",
        "longest ping ms", "longest registration ms", "longest renaming ms", "not 200",
    ];

    public Chart Chart => new("Longest waits while 2,000 clients are removed, ms", [0], [5, 6, 7]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var stale in bench.ClientsOr(2_000))
        {
            var swept = await SweepAsync(stale, others: true, cancellationToken);
            bench.Goals.Add(Goal.Prune, swept.Removed.TotalSeconds);
            bench.Goals.Add(Goal.PruneWait, swept.Meanwhile.Max(m => m.Longest).TotalMilliseconds);
            table.Add(
            [
                Figure.Count(stale), Figure.Count(Others), Figure.Seconds(swept.Removed), Figure.Seconds(swept.Right), Figure.Seconds(swept.Cpu),
                .. swept.Meanwhile.Select(m => Figure.Milliseconds(m.Longest)), Figure.Count(swept.Meanwhile.Sum(m => m.Failed)),
            ]);
        }
    }

    /// <summary>One prune of this many clients, while others ping, register and change their names, or while there are no requests.</summary>
    public static async Task<Swept> SweepAsync(int stale, bool others, CancellationToken cancellationToken)
    {
        await using var gateway = new Gateway("prune_grace: 0s\nprune_limit: 100%");
        var gone = gateway.Know(stale, Names.Web, DateTimeOffset.UtcNow.AddDays(-2));
        var there = gateway.Know(Others, i => $"other-{i}");

        // Enough time to compile the hot code before the first prune.
        var server = await gateway.StartAsync(cancellationToken, ("WG_FLEET_PRUNE_INTERVAL", "6"));
        await Callers.RunAsync(Gateway.EndPoint, 4, 2_000, TimeSpan.FromSeconds(1), i => Requests.Ping(there[i % Others].Address, null), cancellationToken);
        await Callers.RunAsync(Gateway.EndPoint, 4, 300, TimeSpan.FromSeconds(1), _ => Requests.Register, cancellationToken);
        await Callers.RunAsync(Gateway.EndPoint, 4, 300, TimeSpan.FromSeconds(1), i => Requests.Ping(there[i % 50].Address, $"warm-{i}"), cancellationToken);

        await using var database = new SqliteConnection($"Data Source={gateway.Database};Mode=ReadOnly;Pooling=False");
        await database.OpenAsync(cancellationToken);
        if (Scalar<long>(database, Removed) > 0)
            throw new InvalidOperationException("the sweep came before the callers were ready: the machine is too busy to measure this");

        var cpu = server.Usage.Cpu;
        var bystanders = new List<Bystander>();
        try
        {
            if (others)
            {
                bystanders.Add(new(Gateway.EndPoint, i => Requests.Ping(there[i % 50].Address, null), TimeSpan.FromMilliseconds(2)));
                bystanders.Add(new(Gateway.EndPoint, _ => Requests.Register, TimeSpan.FromMilliseconds(10)));
                bystanders.Add(new(Gateway.EndPoint, i => Requests.Ping(there[50].Address, $"again-{i}"), TimeSpan.FromMilliseconds(10)));
            }

            while (Scalar<long>(database, Removed) < stale)
                await Task.Delay(2, cancellationToken);

            var removed = DateTimeOffset.UtcNow;
            await HostsWatch.IsAsync(names => !gone.Any(c => names.ContainsKey(c.Address.ToString())), 0, cancellationToken);
            var right = DateTimeOffset.UtcNow;
            var used = server.Usage.Cpu - cpu;
            IReadOnlyList<LoadResult> meanwhile = [.. bystanders.Select(b => b.Finish())];

            // The time when the first batch was decided, by the server's clock, which is the same as ours.
            var began = UtcText.Read(Scalar<string>(database, "SELECT min(time) FROM events WHERE type = 'client.removed'"));
            return new Swept(removed - began, right - began, used, meanwhile);
        }
        finally
        {
            bystanders.ForEach(b => b.Dispose());
        }
    }

    private static T Scalar<T>(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
#pragma warning disable CA2100 // The statements are the constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>
    /// What a prune took: from the first decision until the last row was deleted, and until the hosts file was right; and the
    /// results of the other clients.
    /// </summary>
    public sealed record Swept(TimeSpan Removed, TimeSpan Right, TimeSpan Cpu, IReadOnlyList<LoadResult> Meanwhile);
}
