using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Micro;
using WgFleet.Benchmarks.Reports;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>An endpoint is available again when ten thousand events are waiting for it.</summary>
internal sealed class Backlog : IScenario
{
    private const int Clients = 500;
    private const int Concurrency = 8;

    private static readonly TimeSpan Takes = TimeSpan.FromMilliseconds(20);

    public string Name => "backlog";

    public IReadOnlyList<string> Columns =>
        ["deliveries", "of clients", "concurrency", "endpoint takes ms", "drained s", "at best s", "out of order", "twice", "server CPU ms each"];

    public Chart Chart => new("A backlog: seconds until it is drained, and at best", [0], [4, 5]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        await using var receiver = await WebhookReceiver.StartAsync(Takes);
        foreach (var waiting in bench.ClientsOr(10_000))
            table.Add(await RunAsync(receiver, waiting, cancellationToken));
    }

    private static async Task<IEnumerable<string>> RunAsync(WebhookReceiver receiver, int waiting, CancellationToken cancellationToken)
    {
        await using var gateway = new Gateway($$"""
            hooks:
              list:
                - {name: sink, start: beginning, events: [client.hostname_changed], webhook: {url: "http://{{WebhookReceiver.EndPoint}}/", concurrency: {{Concurrency}} } }
            """);
        Enter(gateway, waiting);
        var before = receiver.Count;
        var server = await gateway.StartAsync(cancellationToken);
        while (receiver.Count == before)
            await Task.Delay(1, cancellationToken);

        var (began, cpu, first) = (Stopwatch.GetTimestamp(), server.Usage.Cpu, receiver.Count - before);
        while (receiver.Count < before + waiting)
            await Task.Delay(5, cancellationToken);

        var took = Stopwatch.GetElapsedTime(began);
        var used = server.Usage.Cpu - cpu;
        var arrived = receiver.All.Skip(before).ToList();
        var outOfOrder = arrived.GroupBy(t => t.Subject)
            .Sum(client => client.Zip(client.Skip(1)).Count(pair => string.CompareOrdinal(pair.First.Sequence, pair.Second.Sequence) > 0));
        return
        [
            Figure.Count(waiting), Figure.Count(Clients), Figure.Count(Concurrency), Figure.Milliseconds(Takes), Figure.Seconds(took),
            Figure.Seconds((waiting - first) * Takes / Concurrency), Figure.Count(outOfOrder),
            Figure.Count(arrived.Count - arrived.DistinctBy(t => t.Id).Count()), Figure.Milliseconds(used / waiting),
        ];
    }

    /// <summary>Writes the waiting events into the log. The server must not be running.</summary>
    public static void Enter(Gateway gateway, int count)
    {
        var clients = Crowd.Of(Clients).ToState().Clients.ToList();
        var batch = new StoreBatch();
        for (var i = 1; i <= count; i++)
        {
            batch.Events.Add(EventJson.ToRow(
                new ClientHostnameChanged(clients[i % Clients], null) { Stamp = new($"evt_{Guid.CreateVersion7():N}", i, DateTimeOffset.UtcNow) }));
        }

        using var database = SqliteDatabase.Open(gateway.Database, NullLogger.Instance);
        new FleetStore(database).Commit(batch);
    }
}
