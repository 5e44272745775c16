using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using WgFleet.Benchmarks.Reports;
using WgFleet.Benchmarks.Scenarios;

namespace WgFleet.Benchmarks.Recovery;

/// <summary>
/// How soon idle clients with tunnels are back after the gateway's reboot. Clients and gateway are interfaces of one kernel with WireGuard: this one, or one that a
/// program boots (WG_FLEET_KERNEL_RUNNER). Without such a kernel the table stays empty.
/// </summary>
internal sealed partial class Back : IScenario
{
    public string Name => "back";

    public IReadOnlyList<string> Columns => ["clients", "gateway", "back", "median s", "last s", "slowest last s", "server CPU s", "reboots"];

    public Chart Chart => new("Seconds until the median and the last idle client are back after the interface is up", [0, 1], [3, 4]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var count in bench.ClientsOr(1_000, 10_000))
        {
            foreach (var gateway in new[] { "kernel", "wireguard-go" })
            {
                var reboots = await MeasureAsync(count, gateway, bench.Repeat, cancellationToken);
                if (reboots.Count == 0)
                {
                    await Console.Error.WriteLineAsync("    no kernel with WireGuard: `modprobe wireguard`, or set WG_FLEET_KERNEL_RUNNER");
                    return;
                }

                var last = Middle(reboots, r => r.Last);
                table.Add(
                [
                    Figure.Count(count), gateway, Figure.Count(reboots.Min(r => r.Back)), Figure.Seconds(Middle(reboots, r => r.Median)), Figure.Seconds(last),
                    Figure.Seconds(TimeSpan.FromSeconds(reboots.Max(r => r.Last))), Figure.Seconds(Middle(reboots, r => r.Cpu)), Figure.Count(reboots.Count),
                ]);
                bench.Goals.Add(Goal.Back(count, gateway), reboots.All(r => r.Back == count) ? last.TotalSeconds : double.PositiveInfinity);
            }
        }
    }

    private static async Task<List<OneReboot>> MeasureAsync(int count, string gateway, int repeat, CancellationToken cancellationToken)
    {
        string[] runner = Environment.GetEnvironmentVariable("WG_FLEET_KERNEL_RUNNER") is { Length: > 0 } program && !HasWireGuard() ? [.. program.Split(' '), "-m", "8G"] : [];

        // The kernel may begin with an empty environment.
        string[] command =
        [
            .. runner, "env", $"DOTNET_ROOT={Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."))}",
            $"WG_FLEET_EXECUTABLE={Gateways.Gateway.Executable}", Environment.ProcessPath!, Reboot.Command, count.ToString(CultureInfo.InvariantCulture), gateway, "known",
            repeat.ToString(CultureInfo.InvariantCulture),
        ];
        using var inside = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        var output = await inside.StandardOutput.ReadToEndAsync(cancellationToken);
        await inside.WaitForExitAsync(cancellationToken);
        return [.. Measured().Matches(output).Select(m => new OneReboot((int)Number(m, 1), Number(m, 2), Number(m, 3), Number(m, 4)))];
    }

    private static bool HasWireGuard()
    {
        using var ip = Process.Start("unshare", ["--net", "sh", "-c", "ip link add wgbench type wireguard 2>/dev/null"]);
        ip.WaitForExit();
        return ip.ExitCode == 0;
    }

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static TimeSpan Middle(List<OneReboot> reboots, Func<OneReboot, double> figure) =>
        TimeSpan.FromSeconds(reboots.Select(figure).Order().ElementAt(reboots.Count / 2));

    [GeneratedRegex(@"measured: back (\d+) median ([\d.]+) last ([\d.]+) cpu ([\d.]+)")]
    private static partial Regex Measured();

    /// <summary>What one reboot took: the clients that came back, the seconds until the median and the last one were back, and the server's processor time.</summary>
    private sealed record OneReboot(int Back, double Median, double Last, double Cpu);
}
