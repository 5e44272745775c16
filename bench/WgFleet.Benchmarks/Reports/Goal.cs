namespace WgFleet.Benchmarks.Reports;

/// <summary>A performance goal of the server.</summary>
/// <param name="Path">The path that is measured.</param>
/// <param name="What">The figure, with its unit.</param>
/// <param name="Bound">The upper bound, or the lower bound if <paramref name="AtLeast"/>.</param>
/// <param name="AtLeast">Whether the bound is a lower bound.</param>
internal sealed record Goal(string Path, string What, double Bound, bool AtLeast = false)
{
    private const string ThroughputToLimit = "throughput ÷ limit";

    public static readonly Goal PruneToLimit = new("prune of 2,000", ThroughputToLimit, 0.5, AtLeast: true);
    public static readonly Goal PingRate = new("ping, wrk, a connection per core", "requests/s", 15_000, AtLeast: true);
    public static readonly Goal PingCpu = new("ping, wrk, a connection per core", "server CPU ms each", 0.06);
    public static readonly Goal PingInStorm = new("ping, during a storm of 2,000", "p99 ms", 10);
    public static readonly Goal PingInPrune = new("ping, during a prune of 2,000", "p99 ms", 5);
    public static readonly Goal PingBesideHook = new("ping, during a slow hook", "p99 ms", 5);
    public static readonly Goal Prune = new("prune of 2,000", "s", 0.3);
    public static readonly Goal PruneWait = new("prune of 2,000", "others' longest wait, ms", 120);
    public static readonly Goal Reconcile = new("reconcile 10,000 peers that agree", "ms, and no write", 150);
    public static readonly Goal Reboot = new("reboot, 10,000 clients", "s from the start until all peers", 0.9);
    public static readonly Goal KernelAdds = new("kernel, 20,000 peers added", "times as fast as one wg set each", 5, AtLeast: true);

    public static readonly Goal Idle = new("idle, 10,000 clients with live tunnels", "CPU, % of one core", 1);
    public static readonly Goal ClientsList = new("wg-fleet clients list, 2,000 clients", "ms", 40);

    public static readonly Goal StreamRate = new("stream hook, Python, 100 at once", "events/s", 10_000, AtLeast: true);
    public static readonly Goal StreamDelay = new("stream hook, Python", "decided to program, p50 ms", 2);

    public static Goal Back(int clients, string gateway) => new(
        $"after a reboot, {Figure.Count(clients)} idle clients, {gateway}", "s until the last is back", clients > 1_000 ? 10 : gateway == "kernel" ? 1 : 3);

    public static Goal Storm(int clients) => new($"storm, {Figure.Count(clients)} names", "s until answered and in the hosts file", clients <= 2_000 ? 1 : 4);

    public static Goal StormWrites(int clients) => new($"storm, {Figure.Count(clients)} names", "writes of the hosts file", 12);

    public static Goal Page(int clients) => new($"page, {Figure.Count(clients)} clients", "p50 ms", 0.5);

    public static Goal Start(int clients) => new($"start, {Figure.Count(clients)} clients", "s to the first answer", clients <= 2_000 ? 0.15 : 0.35);

    public static Goal Memory(int clients) => new($"memory, {Figure.Count(clients)} clients", "resident MB after load", clients <= 2_000 ? 60 : 90);

    public static Goal RegisterCpu(int clients) => new($"register, 8 callers, {Figure.Count(clients)} clients", "CPU ÷ limit's CPU", 1.3);

    /// <summary>The goal for the throughput of a path beside its limit; null if there is none.</summary>
    public static Goal? ToLimit(string path, int callers)
    {
        double? bound = (path, callers) switch
        {
            ("ping", _) => 0.95,
            ("register", 8 or 64) => 0.8,
            ("rename", 8 or 64) => 0.5,
            ("page", 8 or 64) => 0.4,
            ("sd", _) => 0.5,
            _ => null,
        };
        return bound is { } b ? new Goal($"{path}, {callers} {(callers == 1 ? "caller" : "callers")}", ThroughputToLimit, b, AtLeast: true) : null;
    }
}
