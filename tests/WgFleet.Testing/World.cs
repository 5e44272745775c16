using System.Collections.Immutable;
using System.Net;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks;

namespace WgFleet.Testing;

/// <summary>Two fleets that a test changes, with the events and snapshots that the registry would publish.</summary>
internal sealed class World
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly SortedDictionary<long, RegisteredClient> _clients = [];
    private long _sequence;
    private long _id;

    public static ServerConfig Config(string hostsFile = "/nonexistent/hosts", string prometheusFile = "/nonexistent/targets.json") => new()
    {
        Domain = "example.test",
        PruneTimeout = TimeSpan.FromMinutes(30),
        HostsFile = hostsFile,
        PrometheusFile = prometheusFile,
        Fleets = [Fleet("alpha", 1), Fleet("beta", 2)],
    };

    public Snapshot Snapshot => new(_sequence, "example.test",
        [.. Config().Fleets.Select(f => new FleetSnapshot(f)
        {
            ById = _clients.Where(m => m.Value.Fleet == f.Name).ToImmutableSortedDictionary(),
        })]);

    /// <summary>Continues the numbers after the last event in the database, as the registry does.</summary>
    public void ContinueAfter(long sequence) => _sequence = Math.Max(_sequence, sequence);

    public StartupEvent Startup() => new("1.2.3") { Stamp = new("evt_startup", ++_sequence, Now) };

    public Change Add(string fleet = "alpha", string? hostname = null)
    {
        var client = AddQuietly(fleet, hostname);
        return Told(new ClientAdded(client.ToClient("example.test")) { Stamp = new(NextId(), _sequence, Now) });
    }

    /// <summary>The same without events, for many clients.</summary>
    public RegisteredClient AddQuietly(string fleet, string? hostname)
    {
        var client = new RegisteredClient
        {
            Id = ++_id,
            Fleet = fleet,
            Address = IPAddress.Parse($"fd00:{(fleet == "alpha" ? 1 : 2)}::{_id:x}"),
            PublicKey = default,
            Hostname = hostname,
            RequestAddress = "192.0.2.1",
            RegisteredAt = Now,
            Liveness = new Liveness(Now, TimeSpan.FromSeconds(180)),
        };
        _clients.Add(client.Id, client);
        return client;
    }

    /// <summary>Renames the client with this id; the newest one by default.</summary>
    public Change Rename(string hostname, long? id = null)
    {
        var client = _clients[id ?? _id];
        var renamed = _clients[client.Id] = client with { Hostname = hostname };
        return Told(new ClientHostnameChanged(renamed.ToClient("example.test"), client.Hostname) { Stamp = new(NextId(), _sequence, Now) });
    }

    public Change Remove(long? id = null)
    {
        _clients.Remove(id ?? _id, out var client);
        return Told(new ClientRemoved(client!.ToClient("example.test"), "stale") { Stamp = new(NextId(), _sequence, Now) });
    }

    /// <summary>The newest client gives a sign of life.</summary>
    public Change Online() => Told(new ClientOnline(_clients[_id].ToClient("example.test")) { Stamp = new(NextId(), _sequence, Now) });

    /// <summary>The newest client becomes silent.</summary>
    public Change Offline() => Told(new ClientOffline(_clients[_id].ToClient("example.test"), Now) { Stamp = new(NextId(), _sequence, Now) });

    private static FleetConfig Fleet(string name, int number) => new()
    {
        Name = name,
        Network = new FleetNetwork(IPAddress.Parse($"fd00:{number}::ffff"), $"fd00:{number}::ffff", IPNetwork.Parse($"fd00:{number}::/64")),
        ExternalIp = "192.0.2.254",
        Port = 51820 + number,
    };

    private string NextId() => $"evt_{++_sequence}";

    private Change Told(FleetEvent fleetEvent) => new([fleetEvent], Snapshot);
}
