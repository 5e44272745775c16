using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>
/// Thousands of peers in the kernel's WireGuard over netlink, measured by the tests that run in such a kernel. Without such a kernel
/// and without a program that boots one (WG_FLEET_KERNEL_RUNNER) the table stays empty.
/// </summary>
internal sealed partial class Kernel : IScenario
{
    public string Name => "kernel";

    public IReadOnlyList<string> Columns => ["peers", "added ms", "added/s", "read ms", "one wg set each/s", "times as fast"];

    public Chart Chart => new("Peers added to the kernel per second, and one wg set for each", [0], [2, 4]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        var program = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "../../WgFleet.WireGuard.Tests", new DirectoryInfo(AppContext.BaseDirectory).Name, "WgFleet.WireGuard.Tests"));
        using var tests = Process.Start(
            new ProcessStartInfo(program, ["--filter-class", "*.KernelTests", "--no-ansi", "--no-progress"]) { RedirectStandardOutput = true })!;
        var output = await tests.StandardOutput.ReadToEndAsync(cancellationToken);
        await tests.WaitForExitAsync(cancellationToken);
        foreach (var match in Measured().Matches(output).DistinctBy(m => m.Value).OrderBy(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)))
        {
            var numbers = match.Groups.Values.Skip(1).Select(g => double.Parse(g.Value, CultureInfo.InvariantCulture)).ToArray();
            var faster = numbers[2] / numbers[4];
            table.Add([.. numbers.Select(Figure.Count), Figure.Ratio(faster)]);
            if (numbers[0] == 20_000)
                bench.Goals.Add(Goal.KernelAdds, faster);
        }

        if (table.Rows.Count == 0)
            await Console.Error.WriteLineAsync("    no kernel with WireGuard: `modprobe wireguard`, or set WG_FLEET_KERNEL_RUNNER");
    }

    [GeneratedRegex(@"measured: (\d+) peers: added in (\d+) ms, (\d+) per second, read in (\d+) ms; one `wg set` each: (\d+) per second")]
    private static partial Regex Measured();
}
