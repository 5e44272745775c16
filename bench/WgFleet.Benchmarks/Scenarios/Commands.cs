using System.Diagnostics;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>How long an operator waits for a command: from the start of the process to its end, with its output in a file.</summary>
internal sealed class Commands : IScenario
{
    private const int Runs = 21;

    public string Name => "cli";

    public IReadOnlyList<string> Columns => ["clients", "command", "p50 ms", "slowest ms"];

    public Chart Chart => new("Commands: ms from start to end", [0, 1], [2, 3]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var count in bench.ClientsOr(2_000, 10_000))
        {
            await using var gateway = new Gateway(simulated: true);
            gateway.Know(count, Names.Web);
            await gateway.StartAsync(cancellationToken);
            foreach (var command in new[] { "clients list", "status" })
            {
                var times = new List<TimeSpan>();
                for (var i = 0; i < Runs; i++)
                    times.Add(await RunAsync(gateway, command, cancellationToken));

                table.Add([Figure.Count(count), command, Figure.Milliseconds(Duel.Middle(times)), Figure.Milliseconds(times.Max())]);
                if (count == 2_000 && command == "clients list")
                    bench.Goals.Add(Goal.ClientsList, Duel.Middle(times).TotalMilliseconds);
            }
        }
    }

    private static async Task<TimeSpan> RunAsync(Gateway gateway, string command, CancellationToken cancellationToken)
    {
        // exec, so that the shell's own time is only its start.
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$0\" {command} --config \"$1\" >/dev/null", Gateway.Executable, gateway.ConfigFile]);
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);

        // status ends with 1 if something is wrong.
        return process.ExitCode is 0 or 1
            ? Stopwatch.GetElapsedTime(began)
            : throw new IOException($"wg-fleet {command} ended with exit code {process.ExitCode}");
    }
}
