using System.Diagnostics;
using System.Globalization;
using System.Net;
using WgFleet.WireGuard;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.Benchmarks.Recovery;

/// <summary>
/// Clients with tunnels: each is a WireGuard interface with its own key and UDP port, in one network namespace with a cable to the gateway's. They are idle: no
/// keepalive, no traffic. Where the kernel has no WireGuard, each is a wireguard-go, which takes 10 MB.
/// </summary>
internal static class RealClients
{
    /// <summary>The command of this program that creates the interfaces, in the namespace that it runs in.</summary>
    public const string Command = "real-clients";

    private const string Namespace = "wgbench";
    private const int FirstPort = 10_000;

    private static readonly IPAddress Gateway = IPAddress.Parse("10.99.0.1"), Clients = IPAddress.Parse("10.99.0.2");

    /// <summary>The endpoint of a client, counted from 0.</summary>
    public static IPEndPoint EndPointOf(int client) => new(Clients, FirstPort + client);

    /// <summary>Creates the namespace, the cable and the clients. They stay until the network namespace of this process ends.</summary>
    /// <param name="gateway">The gateway's public key.</param>
    /// <param name="port">The gateway's UDP port.</param>
    /// <param name="keys">The private keys of the clients.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task CreateAsync(WireGuardKey gateway, int port, IReadOnlyList<PrivateKey> keys, CancellationToken cancellationToken)
    {
        await RunAsync(cancellationToken, "ip", "netns", "add", Namespace);
        await RunAsync(cancellationToken, "ip", "link", "add", "wgbench0", "type", "veth", "peer", "name", "wgbench1", "netns", Namespace);
        await RunAsync(cancellationToken, "ip", "addr", "add", $"{Gateway}/24", "dev", "wgbench0");
        await RunAsync(cancellationToken, "ip", "link", "set", "wgbench0", "up");
        await RunAsync(cancellationToken, "ip", "-n", Namespace, "addr", "add", $"{Clients}/24", "dev", "wgbench1");
        await RunAsync(cancellationToken, "ip", "-n", Namespace, "link", "set", "wgbench1", "up");

        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, keys.Select(k => k.Reveal()), cancellationToken);
        await RunAsync(cancellationToken, "ip", "netns", "exec", Namespace, Environment.ProcessPath!, Command, file, gateway.ToString(), port.ToString(CultureInfo.InvariantCulture));
        File.Delete(file);
    }

    /// <summary>Creates one interface for each private key in a file, with the gateway as its peer.</summary>
    public static async Task CreateHereAsync(string file, WireGuardKey gateway, int port, CancellationToken cancellationToken)
    {
        using var wireGuard = WireGuardDriver.Open();
        using var interfaces = WireGuardDriver.OpenInterfaces();
        var peer = PeerChange.Set(gateway, IPNetwork.Parse("fd00:be::1/128")) with { Endpoint = new IPEndPoint(Gateway, port) };
        var number = 0;
        foreach (var line in await File.ReadAllLinesAsync(file, cancellationToken))
        {
            if (!PrivateKey.TryParse(line, out var key))
                throw new FormatException($"{file} has a line that is no private key");

            var name = string.Create(CultureInfo.InvariantCulture, $"c{number}");
            var implementation = await interfaces.CreateAsync(name, cancellationToken);
            await wireGuard.ChangeAsync(name, new DeviceChange { PrivateKey = key, ListenPort = EndPointOf(number).Port, Peers = [peer] }, cancellationToken);
            await interfaces.ChangeAsync(name, new InterfaceChange { Up = true }, cancellationToken);

            // Newer kernels start a thread for each peer, which separate machines have for themselves.
            var threaded = $"/sys/class/net/{name}/threaded";
            if (implementation == WireGuardImplementation.Kernel && File.Exists(threaded))
                await File.WriteAllTextAsync(threaded, "0", cancellationToken);

            number++;
        }
    }

    private static async Task RunAsync(CancellationToken cancellationToken, params string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new IOException($"{string.Join(' ', command.Take(6))} failed with {process.ExitCode}");
    }
}
