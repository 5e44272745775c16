using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Limits;

namespace WgFleet.Benchmarks.Load;

/// <summary>
/// How many requests per second these callers get answered by a server that does nothing: measured once for each number
/// of callers, with a <see cref="LimitServer"/>. Compare the figures of a scenario with this one.
/// </summary>
internal sealed class Ceiling
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<int, double> _measured = [];

    public async Task<double> PerSecondAsync(int callers, CancellationToken cancellationToken)
    {
        if (_measured.TryGetValue(callers, out var known))
            return known;

        await using var server = ServerProcess.Start([Environment.ProcessPath!, LimitServer.Command, "", "0"], "/dev/null");
        await server.AnswersAsync(LimitServer.EndPoint, Request, cancellationToken);
        await Callers.RunAsync(LimitServer.EndPoint, callers, int.MaxValue, Time / 2, _ => Request, cancellationToken);
        var result = await Callers.RunAsync(LimitServer.EndPoint, callers, int.MaxValue, Time, _ => Request, cancellationToken);
        return _measured[callers] = result.PerSecond;
    }

    private static byte[] Request { get; } = LimitProcess.Request("/");
}
