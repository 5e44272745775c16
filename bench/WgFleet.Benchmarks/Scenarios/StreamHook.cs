using System.Globalization;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>How many events a second a program in Python takes that stays running, and how soon it gets a single one.</summary>
internal sealed class StreamHook : IScenario
{
    private const int Events = 50_000;
    private const int Single = 300;

    /// <summary>Notes when it gets the first event and each thousandth, or with "all" each: seconds since 1970, and those of the event.</summary>
    private const string Program = """
        import json, sys, time
        from datetime import datetime

        notes, all = open(sys.argv[1], "a", buffering=1), sys.argv[2] == "all"
        count = 0
        for line in sys.stdin:
            event = json.loads(line)
            now = time.time()
            if event["type"] == "client.hostname_changed":
                count += 1
                if all or count % 1000 == 1 or count == int(sys.argv[3]):
                    print(count, now, datetime.fromisoformat(event["time"]).timestamp(), file=notes)
            sys.stdout.write('{"id":"' + event["id"] + '","ok":true}\n')
            sys.stdout.flush()
        """;

    public string Name => "stream";

    public IReadOnlyList<string> Columns => ["events at once", "events", "events/s", "server CPU ms each", "delay p50 ms", "delay p99 ms"];

    public Chart Chart => new("A stream hook in Python: events/s", [0], [2]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        using var hooks = new UserHooks();
        var program = UserHooks.Program("stream.py", Program, "/usr/bin/python3");
        foreach (var concurrency in new[] { 1, 16, 100 })
        {
            var (rate, cpu) = await RateAsync(program, concurrency, bench.ClientsOr(Events)[0], cancellationToken);
            var delays = await DelaysAsync(program, concurrency, cancellationToken);
            table.Add([
                Figure.Count(concurrency), Figure.Count(bench.ClientsOr(Events)[0]), Figure.Count(rate), Figure.Milliseconds(cpu),
                Figure.Milliseconds(delays[delays.Count / 2]), Figure.Milliseconds(delays[delays.Count * 99 / 100]),
            ]);
            if (concurrency == 100)
                bench.Goals.Add(Goal.StreamRate, rate);
            if (concurrency == 1)
                bench.Goals.Add(Goal.StreamDelay, delays[delays.Count / 2].TotalMilliseconds);
        }
    }

    private static async Task<(double PerSecond, TimeSpan Cpu)> RateAsync(string program, int concurrency, int events, CancellationToken cancellationToken)
    {
        File.Delete(UserHooks.PathOf("notes"));
        await using var gateway = Gateway(program, concurrency, $"some, {events}", "beginning");
        Backlog.Enter(gateway, events);
        var server = await gateway.StartAsync(cancellationToken);
        while (Notes().Count == 0)
            await Task.Delay(1, cancellationToken);

        var cpu = server.Usage.Cpu;
        while (Notes() is var notes && notes[^1].Count < events)
            await Task.Delay(20, cancellationToken);

        var all = Notes();
        return ((all[^1].Count - all[0].Count) / (all[^1].At - all[0].At), (server.Usage.Cpu - cpu) / events);
    }

    /// <summary>The delays of single events with a pause between them, the shortest first.</summary>
    private static async Task<List<TimeSpan>> DelaysAsync(string program, int concurrency, CancellationToken cancellationToken)
    {
        File.Delete(UserHooks.PathOf("notes"));
        await using var gateway = Gateway(program, concurrency, "all", "now");
        var clients = gateway.Know(20, Names.Web);
        await gateway.StartAsync(cancellationToken);
        using var connection = HttpConnection.Open(Gateways.Gateway.EndPoint);
        for (var i = 0; i < Single; i++)
        {
            await connection.SendAsync(Requests.Ping(clients[i % clients.Count].Address, $"n{i}"), cancellationToken);
            await Task.Delay(5, cancellationToken);
        }

        while (Notes().Count < Single)
            await Task.Delay(5, cancellationToken);

        return [.. Notes().Select(n => TimeSpan.FromSeconds(n.At - n.Decided)).Order()];
    }

    private static Gateway Gateway(string program, int concurrency, string mode, string start) => new($$"""
        hooks:
          list:
            - name: sink
              start: {{start}}
              events: [client.hostname_changed]
              stream: {command: {{program}}, args: [{{UserHooks.PathOf("notes")}}, {{mode}}], user: root, concurrency: {{concurrency}} }
        """);

    /// <summary>What the program has noted: how many events it had got, when, and when the last of them was decided on.</summary>
    private static List<(int Count, double At, double Decided)> Notes() =>
    [
        .. UserHooks.Lines("notes").Select(line => line.Split(' ')).Where(parts => parts.Length == 3)
            .Select(parts => (int.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture))),
    ];
}
