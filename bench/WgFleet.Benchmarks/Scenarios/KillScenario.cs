using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Kills;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>The server is killed again and again in the middle of its work, and so is the program that stays running. No hook may lose an event, and only few events may be repeated.</summary>
internal sealed class KillScenario : IScenario
{
    private const int Workers = 4;

    private static readonly string[] HookNames = ["exec", "webhook", "stream"];

    /// <summary>Notes an event before it answers it. Its first note is its process id, for whoever kills it.</summary>
    private static readonly string Stream = $$"""
        import json, os, sys
        with open("{{UserHooks.PathOf("stream.pid")}}", "w") as file:
            file.write(str(os.getpid()))
        notes = os.open("{{UserHooks.PathOf("stream")}}", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for line in sys.stdin:
            event = json.loads(line)
            if event["type"] != "hello":
                os.write(notes, (event["id"] + "\n").encode())
            os.write(1, json.dumps({"id": event["id"], "ok": True}).encode() + b"\n")
        """;

    public string Name => "kills";

    public IReadOnlyList<string> Columns => ["hook", "kills", "events committed", "events lost", "events made up", "repeated", "most after one kill"];

    public Chart Chart => new("kill -9: events lost, and told again", [0], [3, 5]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        using var hooks = new UserHooks();
        var program = UserHooks.Program("note", $"echo \"$WGFLEET_EVENT_ID\" >> {UserHooks.PathOf("exec")}");
        var stream = UserHooks.Program("stream.py", Stream, "/usr/bin/python3");
        await using var receiver = await WebhookReceiver.StartAsync(TimeSpan.FromMilliseconds(2));
        await using var gateway = new Gateway($$"""
            hooks:
              exec_dirs: []
              list:
                - {name: exec, exec: {command: {{program}}, user: root} }
                - {name: webhook, webhook: {url: "http://{{WebhookReceiver.EndPoint}}/", concurrency: 1} }
                - {name: stream, stream: {command: {{stream}}, user: root} }
            """);
        var clients = gateway.Know(20, Names.Web);
        var ledgers = HookNames.ToDictionary(hook => hook, _ => new KillLedger());
        var random = new Random(1);

        var kill = 0;
        for (; kill < bench.Count && !cancellationToken.IsCancellationRequested; kill++)
        {
            await RoundAsync(gateway, clients, kill, random, cancellationToken);
            ReadOn();
            if (kill % 25 == 24)
                await Console.Error.WriteLineAsync(
                    $"    {kill + 1} kills, {ledgers["exec"].Count} events, repeated {string.Join(" ", ledgers.Values.Select(l => l.Repeats))}");
        }

        await gateway.StartAsync(cancellationToken);
        await DeliveredAsync(gateway, cancellationToken);
        ReadOn();
        var committed = Ids(gateway);
        foreach (var (hook, ledger) in ledgers)
        {
            table.Add([
                hook, Figure.Count(kill), Figure.Count(committed.Count), Figure.Count(ledger.Lost(committed).Count),
                Figure.Count(ledger.MadeUp(committed).Count), Figure.Count(ledger.Repeats), Figure.Count(ledger.MostAfterAKill),
            ]);
        }

        void ReadOn()
        {
            ledgers["exec"].Read(UserHooks.Lines("exec"));
            ledgers["webhook"].Read([.. receiver.All.Select(t => t.Id)]);
            ledgers["stream"].Read(UserHooks.Lines("stream"));
        }
    }

    /// <summary>Starts the server and kills it: usually while clients register and change names, every fifth time before the server is ready.</summary>
    private static async Task RoundAsync(Gateway gateway, IReadOnlyList<KnownClient> clients, int kill, Random random, CancellationToken cancellationToken)
    {
        var server = gateway.Launch();
        if (random.Next(5) == 0)
        {
            await Task.Delay(random.Next(1200), cancellationToken);
            await server.KillAsync();
            return;
        }

        await server.AnswersAsync(Gateway.EndPoint, Requests.Ready, cancellationToken);
        var work = Enumerable.Range(0, Workers).Select(worker => WorkUntilKilledAsync(worker)).ToList();
        if (kill % 2 == 0)
        {
            // The program too, while the server goes on.
            await Task.Delay(random.Next(500), cancellationToken);
            KillProgram();
        }

        await Task.Delay(random.Next(1000), cancellationToken);
        await server.KillAsync();
        await Task.WhenAll(work);

        async Task WorkUntilKilledAsync(int worker)
        {
            try
            {
                using var connection = HttpConnection.Open(Gateway.EndPoint);
                for (var i = 0; ; i++)
                {
                    var client = clients[((i * Workers) + worker) % clients.Count];
                    await connection.SendAsync(i % 20 == 19 ? Requests.Register : Requests.Ping(client.Address, $"n{kill}-{worker}-{i}"), cancellationToken);
                    await Task.Delay(10, cancellationToken);
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The server was killed.
            }
        }
    }

    private static void KillProgram()
    {
        try
        {
            using var program = Process.GetProcessById(int.Parse(File.ReadAllText(UserHooks.PathOf("stream.pid"))));
            program.Kill();
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or FormatException)
        {
            // It does not run, or has just been started.
        }
    }

    private static async Task DeliveredAsync(Gateway gateway, CancellationToken cancellationToken)
    {
        const string Left = """
            SELECT (SELECT count(*) FROM deliveries WHERE state <> 'done')
                 + (SELECT count(*) FROM hook_state s JOIN events e ON e.seq > s.cursor WHERE s.hook IN ('exec', 'webhook', 'stream'))
            """;
        await using var database = Open(gateway);
        await using var command = new SqliteCommand(Left, database);
        while ((long)(await command.ExecuteScalarAsync(cancellationToken))! > 0)
            await Task.Delay(100, cancellationToken);
    }

    private static List<string> Ids(Gateway gateway)
    {
        using var database = Open(gateway);
        using var command = new SqliteCommand("SELECT id FROM events ORDER BY seq", database);
        using var reader = command.ExecuteReader();
        var ids = new List<string>();
        while (reader.Read())
            ids.Add(reader.GetString(0));

        return ids;
    }

    private static SqliteConnection Open(Gateway gateway)
    {
        var database = new SqliteConnection($"Data Source={gateway.Database};Mode=ReadOnly;Pooling=False;Default Timeout=30");
        database.Open();
        return database;
    }
}
