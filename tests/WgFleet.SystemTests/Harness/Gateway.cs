using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace WgFleet.SystemTests.Harness;

/// <summary>The machine that the server runs on. Survives its own reboots, as a real one does.</summary>
internal sealed class Gateway(Lan lan, int number)
{
    /// <summary>The configuration of most tests: what the Python server's users have.</summary>
    public const string Alpha = """
        domain: example.net
        prune_timeout: 30m
        fleets:
          alpha:
            ip6: fd00:a0a8:34d:a0::1
            subnet: fd00:a0a8:34d:a0::/64
            external_ip: 10.201.0.1
            port: 51820

        """;

    private readonly List<Server> _servers = [];

    public Machine Machine { get; private set; } = null!;

    /// <summary>Its address on the switch.</summary>
    public IPAddress Address => Lan.Address(number);

    public string Url => $"http://{Address}:8000";

    /// <summary>The server that was started last.</summary>
    public Server Server => _servers[^1];

    /// <summary>The database as the test sees it; read it while no server runs, or with <see cref="SqlAsync"/>.</summary>
    public string Database => Path.Combine(Machine.Disk, "var-lib/wg-fleet/clients.db");

    public string ConfigFile => Path.Combine(Machine.Disk, "wg-fleet.yaml");

    public string HostsFile => File.ReadAllText(Machine.Seen("/run/wg_fleet_hosts"));

    public string TargetsFile => File.ReadAllText(Machine.Seen("/run/prometheus_targets.json"));

    public async Task BootAsync()
    {
        Machine = await lan.BootAsync($"gateway{number}", number);

        // A package makes it; the server need not.
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
    }

    /// <summary>Interfaces, peers and /run are gone after it, as is the server.</summary>
    public async Task RebootAsync()
    {
        await lan.PowerOffAsync(Machine);
        await BootAsync();
    }

    /// <summary>Starts the server and waits until it says it is ready; fails if it ends before.</summary>
    public async Task<Server> StartAsync(string config = Alpha)
    {
        var server = Launch(config);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Starts the server without waiting for anything.</summary>
    public Server Launch(string config)
    {
        File.WriteAllText(ConfigFile, config);
        var server = new Server(Machine, "--config", ConfigFile);
        _servers.Add(server);
        return server;
    }

    /// <summary>Runs wg-fleet with these arguments to its end.</summary>
    public Task<Finished> RunAsync(params string[] arguments) => Machine.TryRunAsync([Server.Executable, .. arguments]);

    /// <summary>Runs wg-fleet with a configuration that should not let it start.</summary>
    public async Task<Finished> RefuseAsync(string config)
    {
        await File.WriteAllTextAsync(ConfigFile, config);
        return await RunAsync("--config", ConfigFile);
    }

    /// <summary>Reads or changes the database with sqlite3, as an operator would; rows as lines, columns with bars between.</summary>
    public async Task<string> SqlAsync(string statement) =>
        (await Machine.RunAsync("sqlite3", "-cmd", ".timeout 10000", "/var/lib/wg-fleet/clients.db", statement)).TrimEnd('\n');

    /// <summary>Public keys and addresses of the peers that WireGuard itself knows.</summary>
    public async Task<Dictionary<string, string>> PeersAsync(string wgInterface = "wg_alpha") =>
        (await Machine.RunAsync("wg", "show", wgInterface, "allowed-ips"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split('\t'))
            .ToDictionary(p => p[0], p => p[1]);

    /// <summary>A request through a proxy on the gateway, which says whom it is for. No tunnel is needed.</summary>
    public Task<Answer> ForwardAsync(string path, string forwardedFor, string? json = null) => Machine.SendAsync(
        HttpMethod.Post, $"http://127.0.0.1:8000{path}", json is null ? null : Encoding.UTF8.GetBytes(json),
        json is null ? null : "application/json", ("x-forwarded-for", forwardedFor));

    /// <summary>Registers a client that needs no machine: nothing but a row and a peer.</summary>
    public async Task<Registration> RegisterAsync(string fleet = "alpha") =>
        Registration.Read(await Machine.SendAsync(HttpMethod.Post, $"http://127.0.0.1:8000/fleet/{fleet}/register"));

    /// <summary>Puts clients of alpha into the database that WireGuard does not have yet; their addresses by their keys. For while no server runs.</summary>
    public async Task<IReadOnlyDictionary<string, string>> AddClientsAsync(int count)
    {
        var clients = Enumerable.Range(1, count).ToDictionary(_ => NewKey(), i => IPAddress.Parse($"fd00:a0a8:34d:a0::1:{i:x}").ToString());
        var rows = clients.Select((c, i) => $"({i + 1}, 'alpha', '{c.Key}', '{c.Value}', '10.201.0.9', datetime('now'), datetime('now'))");
        var script = Path.Combine(Machine.Disk, "clients.sql");
        await File.WriteAllTextAsync(script,
            $"INSERT INTO clients (id, fleet_id, public_key, assigned_ip, http_request_ip, timestamp, registered_at) VALUES {string.Join(",\n", rows)};");
        await SqlAsync($".read {script}");
        return clients;
    }

    /// <summary>Bytes that WireGuard takes for a public key.</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Pings for a client without a machine.</summary>
    public Task<Answer> PingForAsync(Registration client, string? hostname = null, string fleet = "alpha") => ForwardAsync(
        $"/fleet/{fleet}/ping", client.Address, hostname is null ? "{}" : $$"""{"hostname":"{{hostname}}"}""");

    /// <summary>All that its servers have printed.</summary>
    public string Log() => string.Join("\n", _servers.Select((s, i) => $"--- server {i + 1} on gateway{number}\n{s.Process.Output}{s.Process.Error}"));
}
