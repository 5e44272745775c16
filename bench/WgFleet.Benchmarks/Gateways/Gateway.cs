using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Benchmarks.Load;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;
using WgFleet.WireGuard;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.Benchmarks.Gateways;

/// <summary>
/// The machine that the server runs on: a directory for its disk, and an interface in this network namespace. Everything is as a
/// package would install it, except for the places of the files.
/// </summary>
internal sealed class Gateway : IAsyncDisposable
{
    public const string Fleet = "bench";
    public const string HostsFile = "/run/wg_fleet_hosts";

    public const string Interface = "wg_bench";
    public const int Port = 51820;
    private const string Domain = "example.net";

    private readonly string _folder = Directory.CreateTempSubdirectory("wg-fleet-bench-").FullName;
    private readonly IWireGuard _wireGuard = WireGuardDriver.Open();
    private readonly bool _simulated;
    private readonly bool _alive;
    private ServerProcess? _server;
    private ServerProcess? _simulation;
    private long _lastId;

    /// <param name="extraConfig">More lines of the configuration.</param>
    /// <param name="simulated">Whether WireGuard is <see cref="SimulatedWireGuard"/>.</param>
    /// <param name="alive">Whether the simulated peers have tunnels that live.</param>
    public Gateway(string extraConfig = "", bool simulated = false, bool alive = false)
    {
        ExtraConfig = extraConfig;
        _simulated = simulated;
        _alive = alive;
    }

    public static IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, 8000);

    /// <summary>More lines of the configuration, used at the next start.</summary>
    public string ExtraConfig { get; set; }

    public string Database => Path.Combine(_folder, "clients.db");

    /// <summary>The server under test: the one in WG_FLEET_EXECUTABLE, or the one that was built beside this program.</summary>
    public static string Executable { get; } = Environment.GetEnvironmentVariable("WG_FLEET_EXECUTABLE")
        ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../WgFleet", new DirectoryInfo(AppContext.BaseDirectory).Name, "wg-fleet"));

    /// <summary>Adds clients to the database, in one transaction. The server must not be running.</summary>
    /// <param name="count">How many.</param>
    /// <param name="hostname">The name of each.</param>
    /// <param name="lastSeen">When they were last seen; now by default.</param>
    /// <param name="client">The public key and the endpoint of each; by default keys without private keys, and no endpoints.</param>
    public IReadOnlyList<KnownClient> Know(
        int count, Func<int, string?> hostname, DateTimeOffset? lastSeen = null, Func<int, (WireGuardKey Key, IPEndPoint? EndPoint)>? client = null)
    {
        var seen = (lastSeen ?? DateTimeOffset.UtcNow);
        var clients = new List<KnownClient>(count);
        var batch = new StoreBatch();
        using var database = SqliteDatabase.Open(Database, NullLogger.Instance);
        var store = new FleetStore(database);
        for (var i = 0; i < count; i++)
        {
            var known = new KnownClient(RandomAddress(), hostname(i));
            clients.Add(known);

            // WireGuard accepts any 32 bytes as a public key, and usually no private key is needed here.
            var (key, endPoint) = client?.Invoke(i) ?? (new WireGuardKey(RandomNumberGenerator.GetBytes(WireGuardKey.Length)), null);
            batch.Added.Add(new StoredClient
            {
                Id = ++_lastId,
                Fleet = Fleet,
                PublicKey = key,
                Address = known.Address,
                RequestAddress = "192.0.2.1",
                Hostname = known.Hostname,
                Endpoint = endPoint,
                LastPing = seen,
                RegisteredAt = seen,
            });
            if (batch.Added.Count == 10_000)
            {
                store.Commit(batch);
                batch = new StoreBatch();
            }
        }

        store.Commit(batch);
        return clients;
    }

    /// <summary>Makes the key of the interface before the first start, for clients that have to know it.</summary>
    public PrivateKey MakeKey()
    {
        var key = PrivateKey.Generate();
        var directory = Directory.CreateDirectory(Path.Combine(_folder, "wireguard"));
        File.WriteAllText(Path.Combine(directory.FullName, $"{Interface}.conf"), $"[Interface]\nAddress = fd00:be::1/64\nListenPort = {Port}\nPrivateKey = {key.Reveal()}\n");
        return key;
    }

    /// <summary>The configuration file, which a start writes.</summary>
    public string ConfigFile => Path.Combine(_folder, "wg-fleet.yaml");

    /// <summary>Starts the server and does not wait for it.</summary>
    public ServerProcess Launch(params IEnumerable<(string Name, string Value)> environment)
    {
        File.WriteAllText(ConfigFile, $"""
            domain: {Domain}
            prune_timeout: 1h
            database: {Database}
            wireguard_directory: {_folder}/wireguard
            {ExtraConfig}
            fleets:
              {Fleet}:
                ip6: fd00:be::1
                subnet: fd00:be::/64
                external_ip: 192.0.2.254
                port: {Port}

            """);
        return _server = ServerProcess.Start([Executable, "--config", ConfigFile], Path.Combine(_folder, "log"), environment);
    }

    /// <summary>Starts the server and waits until it is ready.</summary>
    public async Task<ServerProcess> StartAsync(CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        if (_simulated && _simulation is null)
        {
            _simulation = ServerProcess.Start([Environment.ProcessPath!, SimulatedWireGuard.Command, Interface, _alive ? "alive" : "silent"], "/dev/null");
            while (!File.Exists(SimulatedWireGuard.SocketOf(Interface)))
                await Task.Delay(10, cancellationToken);
        }

        var server = Launch(environment);
        await server.AnswersAsync(EndPoint, Requests.Ready, cancellationToken);
        return server;
    }

    /// <summary>Does what a reboot does: stops the server and removes the interface with its peers, and the files in /run.</summary>
    public async Task RebootAsync()
    {
        if (_server is not null)
            await _server.StopAsync();

        if (_simulation is not null)
            await _simulation.DisposeAsync();

        _simulation = null;
        if (NetworkInterface.GetAllNetworkInterfaces().Any(i => i.Name == Interface))
        {
            using var ip = Process.Start("ip", ["link", "del", Interface]);
            await ip.WaitForExitAsync();
        }

        var watch = Stopwatch.StartNew();
        while (ProcessUsage.OfWireGuard() is not null)
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(20))
                throw new IOException($"wireguard-go does not end with {Interface}");

            await Task.Delay(10);
        }

        File.Delete(HostsFile);
        File.Delete("/run/prometheus_targets.json");
    }

    /// <summary>The peers that WireGuard has.</summary>
    public Task<Device> LookAsync(CancellationToken cancellationToken) => _wireGuard.GetDeviceAsync(Interface, cancellationToken);

    /// <summary>The number of peers that WireGuard has.</summary>
    public async Task<int> CountPeersAsync(CancellationToken cancellationToken) =>
        (await LookAsync(cancellationToken)).Peers.Count;

    /// <summary>Stops the server and removes everything; prints the warnings and errors of its log.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await RebootAsync();
            var complaints = _server?.Complaints() ?? [];
            foreach (var complaint in complaints.Take(3))
                await Console.Error.WriteLineAsync($"    the server's log: {complaint}");

            if (complaints.Count > 3)
                await Console.Error.WriteLineAsync($"    … and {complaints.Count - 3} more such lines");
        }
        finally
        {
            if (_server is not null)
                await _server.DisposeAsync();

            _wireGuard.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static IPAddress RandomAddress()
    {
        Span<byte> address = stackalloc byte[16];
        IPAddress.Parse("fd00:be::").TryWriteBytes(address, out _);
        RandomNumberGenerator.Fill(address[8..]);
        return new IPAddress(address);
    }
}
