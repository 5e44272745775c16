using System.Net;
using Microsoft.Data.Sqlite;
using WgFleet.Config;
using WgFleet.Config.Rosters;
using WgFleet.Config.Yaml;
using WgFleet.WireGuard;

namespace WgFleet.Testing;

/// <summary>Creates values that a test needs, but whose details do not matter.</summary>
internal static class Some
{
    /// <summary>The fleets alpha (fd00:a::/64) and beta (fd00:b::/64), with all files in one directory.</summary>
    public static ServerConfig Config(string folder) => new()
    {
        Domain = "example.test",
        PruneTimeout = TimeSpan.FromMinutes(30),
        Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
        Database = Path.Combine(folder, "clients.db"),
        HostsFile = Path.Combine(folder, "hosts"),
        PrometheusFile = Path.Combine(folder, "targets.json"),
        AdminSocket = Path.Combine(folder, "admin.sock"),
        WireGuardDirectory = Path.Combine(folder, "wireguard"),
        Fleets = [Fleet("alpha", "fd00:a::/64", 51820), Fleet("beta", "fd00:b::/64", 51821)],

        // A projection waits for its interval on the clock, which stands still in these tests.
        Hooks = new HooksConfig { AwaitTimeout = TimeSpan.Zero },
    };

    /// <summary>A fleet whose gateway has the subnet's address with 1 at the end.</summary>
    public static FleetConfig Fleet(string name, string subnet, int port = 51820)
    {
        return new FleetConfig
        {
            Name = name,
            Network = Network(subnet),
            ExternalIp = "192.0.2.254",
            Port = port,
        };
    }

    /// <summary>A network of a fleet, whose gateway has the subnet's address with 1 at the end.</summary>
    public static FleetNetwork Network(string subnet)
    {
        var network = IPNetwork.Parse(subnet);
        var gateway = network.BaseAddress.GetAddressBytes();
        gateway[^1] |= 1;
        return new FleetNetwork(new IPAddress(gateway), new IPAddress(gateway).ToString(), network);
    }

    /// <summary>A configuration whose fleet alpha has an IPv4 network beside its IPv6 one.</summary>
    public static ServerConfig WithIPv4(this ServerConfig config, string subnet = "10.7.0.0/24") =>
        config with { Fleets = [config.Fleets[0] with { SecondNetwork = Network(subnet) }, .. config.Fleets.Skip(1)] };

    /// <summary>A roster without errors, from the text of its file.</summary>
    public static Roster Roster(string csv)
    {
        using var folder = new Folder();
        var (file, findings) = (folder.File("roster.csv"), new Diagnostics("wg-fleet.yaml"));
        File.WriteAllText(file, csv);
        var roster = RosterFile.Read(file, findings);
        findings.Errors.ShouldBeEmpty();
        return roster!;
    }

    /// <summary>A configuration whose fleet alpha has this roster.</summary>
    public static ServerConfig WithRoster(this ServerConfig config, string csv) =>
        config with { Fleets = [config.Fleets[0] with { Roster = Roster(csv) }, .. config.Fleets.Skip(1)] };

    /// <summary>A public key without a known private key.</summary>
    public static WireGuardKey Key()
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        Random.Shared.NextBytes(bytes);
        return new WireGuardKey(bytes);
    }

    /// <summary>Every row of a query, with its columns joined by bars. Uses a separate connection.</summary>
    public static IReadOnlyList<string> Rows(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i))));

        return rows;
    }

    /// <summary>Runs statements on a separate connection.</summary>
    public static void Execute(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
