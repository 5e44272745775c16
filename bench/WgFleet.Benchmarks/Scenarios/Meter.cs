using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Puts a load on a server and measures what the server and WireGuard use meanwhile: one row of a table.</summary>
internal static class Meter
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "callers", "requests/s", "ceiling/s", "p50 ms", "p99 ms", "longest ms", "server CPU ms each", "WireGuard CPU ms each", "not 200",
    ];

    public static async Task<(IEnumerable<string> Row, TimeSpan CpuEach)> RunAsync(
        Bench bench, ServerProcess server, int callers, int requests, Func<int, byte[]> request, CancellationToken cancellationToken)
    {
        var (cpu, wireGuard) = (server.Usage.Cpu, ProcessUsage.OfWireGuard()?.Cpu);
        var load = await Callers.RunAsync(Gateway.EndPoint, callers, requests, bench.Time, request, cancellationToken);
        var used = server.Usage.Cpu - cpu;
        var wireGuardUsed = ProcessUsage.OfWireGuard()?.Cpu - wireGuard;

        return (
        [
            Figure.Count(callers),
            Figure.Count(load.PerSecond),
            Figure.Count(await bench.Ceiling.PerSecondAsync(callers, cancellationToken)),
            Figure.Milliseconds(load.Percentile(50)),
            Figure.Milliseconds(load.Percentile(99)),
            Figure.Milliseconds(load.Longest),
            Figure.Milliseconds(used / load.Count),
            wireGuardUsed is { } w ? Figure.Milliseconds(w / load.Count) : "in the kernel",
            Figure.Count(load.Failed),
        ], used / load.Count);
    }
}
