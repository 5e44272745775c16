using System.Diagnostics;
using System.Globalization;
using WgFleet.Benchmarks.Gateways;
using WgFleet.WireGuard;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.Benchmarks.Recovery;

/// <summary>Reboots a gateway that has clients with tunnels, and measures when each is back. Runs in a kernel with WireGuard, for <see cref="Back"/>.</summary>
internal static class Reboot
{
    /// <summary>The command of this program that runs it.</summary>
    public const string Command = "reboot-with-clients";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    /// <summary>Measures some reboots, and prints a line for each that <see cref="Back"/> reads.</summary>
    /// <param name="count">The number of clients.</param>
    /// <param name="isUserspace">Whether wireguard-go serves the gateway's interface.</param>
    /// <param name="withEndpoints">Whether the gateway knows the clients' endpoints.</param>
    /// <param name="repeat">The number of reboots.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(int count, bool isUserspace, bool withEndpoints, int repeat, CancellationToken cancellationToken)
    {
        var keys = Enumerable.Range(0, count).Select(_ => PrivateKey.Generate()).ToList();
        await using var gateway = new Gateway("offline_after: 1h");
        var own = gateway.MakeKey();
        gateway.Know(count, _ => null, client: i => (keys[i].PublicKey, withEndpoints ? RealClients.EndPointOf(i) : null));
        await RealClients.CreateAsync(own.PublicKey, Gateway.Port, keys, cancellationToken);
        for (var i = 0; i < repeat; i++)
        {
            await gateway.RebootAsync();
            if (isUserspace)
            {
                using var program = Process.Start("wireguard-go", [Gateway.Interface]);
                await program.WaitForExitAsync(cancellationToken);
            }

            Console.WriteLine(await MeasureAsync(gateway, count, cancellationToken));
        }
    }

    private static async Task<string> MeasureAsync(Gateway gateway, int count, CancellationToken cancellationToken)
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        var server = gateway.Launch();
        while (await interfaces.FindAsync(Gateway.Interface, cancellationToken) is not { IsUp: true })
        {
            server.ThrowIfEnded();
            await Task.Delay(1, cancellationToken);
        }

        // The kernel notes the time of each handshake, so asking late does no harm, and asking often takes the processor from what is measured.
        var (up, watch) = (DateTimeOffset.UtcNow, Stopwatch.StartNew());
        List<double> back = [];
        while (back.Count < count && watch.Elapsed < Patience)
        {
            await Task.Delay(250, cancellationToken);
            back = [.. (await gateway.LookAsync(cancellationToken)).Peers.Where(p => p.LastHandshake is not null).Select(p => (p.LastHandshake!.Value - up).TotalSeconds).Order()];
        }

        var cpu = server.Usage.Cpu;
        await server.StopAsync();
        return back.Count == 0
            ? "measured: back 0"
            : string.Create(CultureInfo.InvariantCulture, $"measured: back {back.Count} median {back[back.Count / 2]:0.000} last {back[^1]:0.000} cpu {cpu.TotalSeconds:0.000}");
    }
}
