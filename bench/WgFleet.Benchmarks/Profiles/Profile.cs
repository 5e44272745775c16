using System.Diagnostics;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Scenarios;

namespace WgFleet.Benchmarks.Profiles;

/// <summary>Where the server spends its processor time on one of the hot paths.</summary>
internal static class Profile
{
    public static readonly IReadOnlyList<string> Paths = ["register", "ping", "rename", "prune", "page", "sd", "start"];

    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(6);

    /// <summary>Puts the load of the path on a warm server, takes samples, and prints the result.</summary>
    public static async Task PrintAsync(string path, int clients, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetTempPath(), $"wg-fleet-{path}.perf");
        var prune = path == "prune";
        await using var gateway = new Gateway(
            $"{(prune ? "prune_grace: 0s\nprune_limit: 100%\n" : "")}{(path is "rename" or "sd" ? Against.Unthrottled : "")}");
        var known = gateway.Know(clients, Names.Web, prune ? DateTimeOffset.UtcNow.AddDays(-2) : null);
        var server = await gateway.StartAsync(
            cancellationToken, [.. Samples.Environment, .. prune ? [("WG_FLEET_PRUNE_INTERVAL", "6")] : Array.Empty<(string, string)>()]);

        if (path == "start")
        {
            await server.StopAsync();
            server = gateway.Launch(Samples.Environment);
        }
        else if (!prune)
        {
            await LoadAsync(path, known, Warm, cancellationToken);
        }

        var cpu = server.Usage.Cpu;
        using var perf = Samples.Record(server.Id, file);
        var requests = 1;
        if (path == "start")
        {
            await server.AnswersAsync(Gateway.EndPoint, Requests.Ping(known[0].Address, known[0].Hostname), cancellationToken);
        }
        else if (prune)
        {
            await Task.Delay(Measured, cancellationToken);
            requests = clients;
        }
        else
        {
            // perf needs a moment before it takes samples.
            await Task.Delay(300, cancellationToken);
            requests = (await LoadAsync(path, known, Measured, cancellationToken)).Count;
        }

        var used = server.Usage.Cpu - cpu;
        ServerProcess.Interrupt(perf.Id);
        await perf.WaitForExitAsync(cancellationToken);
        var samples = await Samples.ReadAsync(file, cancellationToken);
        File.Delete(file);
        Print(path, clients, samples, used / requests);
    }

    private static Task<LoadResult> LoadAsync(string path, IReadOnlyList<KnownClient> clients, TimeSpan time, CancellationToken cancellationToken)
    {
        var pings = clients.Select(c => Requests.Ping(c.Address, c.Hostname)).ToArray();
        return Callers.RunAsync(Gateway.EndPoint, path is "page" or "sd" ? 1 : 8, int.MaxValue, time, Request, cancellationToken);

        byte[] Request(int number) => path switch
        {
            "register" => Requests.Register,
            "ping" => pings[number % pings.Length],
            "page" => Requests.Page,
            _ => Requests.Ping(clients[number % clients.Count].Address, $"again-{Stopwatch.GetTimestamp()}"),
        };
    }

    private static void Print(string path, int clients, Samples samples, TimeSpan each)
    {
        Console.WriteLine($"\n## {path}, {clients} clients: {each.TotalMilliseconds:0.000} ms of CPU each, {samples.Count} samples\n");
        Console.WriteLine("by part, without the calls that it makes:\n");
        foreach (var (area, share) in samples.Areas().TakeWhile(a => a.Share >= 0.01))
            Console.WriteLine($"{Samples.Percent(share),7}  {area}");

        Console.WriteLine("\nby method, with the calls that it makes:\n");
        foreach (var (name, share) in samples.Inclusive().Where(a => !IsPlumbing(a.Name)).TakeWhile(a => a.Share >= 0.02).Take(60))
            Console.WriteLine($"{Samples.Percent(share),7}  {(name.Length > 150 ? name[..150] : name)}");
    }

    // Methods that every asynchronous call passes through.
    private static bool IsPlumbing(string name) =>
        name.StartsWith("System.Runtime.CompilerServices.Async", StringComparison.Ordinal)
            || name.StartsWith("System.Threading.ExecutionContext", StringComparison.Ordinal)
        || name == "libc.so.6: start_thread";
}
