using System.Net;
using WgFleet.Config.Gateways;
using WgFleet.Config.Logins;

namespace WgFleet.Config;

/// <summary>The checked content of wg-fleet.yaml. Immutable.</summary>
internal sealed record ServerConfig
{
    /// <summary>The DNS domain of all names: hostname.fleet.domain.</summary>
    public required string Domain { get; init; }

    /// <summary>How long a client may be silent before it is pruned.</summary>
    public required TimeSpan PruneTimeout { get; init; }

    /// <summary>Time between two prunes; WG_FLEET_PRUNE_INTERVAL (seconds) overrides it.</summary>
    public TimeSpan PruneInterval { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long clients are not pruned after a start or a lost interface, because their tunnels need time to come back.</summary>
    public TimeSpan PruneGrace { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The share of a fleet, in percent, that one prune may remove without an operator's approval; 100 for all of it.</summary>
    public int PruneLimit { get; init; } = 50;

    /// <summary>Smallest fleet that <see cref="PruneLimit"/> applies to, in clients.</summary>
    public int PruneLimitFrom { get; init; } = 10;

    /// <summary>How long a client must be silent in its tunnel to count as offline.</summary>
    public TimeSpan OfflineAfter { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Where the HTTP server listens.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Any, 8000), new(IPAddress.IPv6Any, 8000)];

    /// <summary>The SQLite file; with PostgreSQL only the place of what the server notes beside it.</summary>
    public string Database { get; init; } = "/var/lib/wg-fleet/clients.db";

    /// <summary>The file with the connection string of PostgreSQL; null for SQLite.</summary>
    public string? PostgresFile { get; init; }

    /// <summary>What makes this server one of several gateways that share the database; null for a server that uses it alone.</summary>
    public GatewayConfig? Gateway { get; init; }

    /// <summary>The database as messages name it.</summary>
    public string DatabaseName => PostgresFile is null ? Database : $"of {PostgresFile}";

    /// <summary>The hosts(5) file that the hosts_file hook keeps.</summary>
    public string HostsFile { get; init; } = "/run/wg_fleet_hosts";

    /// <summary>The Prometheus file_sd file that the prometheus_sd hook keeps.</summary>
    public string PrometheusFile { get; init; } = "/run/prometheus_targets.json";

    /// <summary>The port of the exporter on each client.</summary>
    public int PrometheusPort { get; init; } = 9100;

    /// <summary>The directory of wg_FLEET.conf.</summary>
    public string WireGuardDirectory { get; init; } = "/etc/wireguard";

    /// <summary>The networks that may read /metrics; empty: nobody.</summary>
    public IReadOnlyList<IPNetwork> MetricsAllow { get; init; } = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>The networks that may read dashboard and API while there is no admin token; null for this machine and the fleets.</summary>
    public IReadOnlyList<IPNetwork>? ReadAllow { get; init; }

    /// <summary><see cref="ReadAllow"/> with its default.</summary>
    public IReadOnlyList<IPNetwork> Readers => ReadAllow ?? Private;

    /// <summary>Networks that nobody can eavesdrop on: loopback and the tunnels.</summary>
    public IReadOnlyList<IPNetwork> Private => [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128"), .. Fleets.SelectMany(f => f.Networks).Select(n => n.Subnet)];

    /// <summary>Names by which browsers may open the dashboard, besides those that the server knows.</summary>
    public IReadOnlyList<string> DashboardHosts { get; init; } = [];

    /// <summary>The server's URL as machines and browsers reach it, without a path; null for whatever a request asked for.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The networks of proxies that are believed about whom they speak for, besides those on this machine.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The provider at which operators can log in; null for none.</summary>
    public OidcConfig? Oidc { get; init; }

    /// <summary>TLS; null for none.</summary>
    public TlsConfig? Tls { get; init; }

    /// <summary>How long a pruned client stays a target of Prometheus.</summary>
    public TimeSpan PrometheusKeep { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a tombstone of a removed client is kept; zero for none.</summary>
    public TimeSpan TombstoneKeep { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The URL that metrics are sent to by OTLP over HTTP, with its path; null for none.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>The path of the unix socket for operators' commands.</summary>
    public string AdminSocket { get; init; } = "/run/wg-fleet/admin.sock";

    /// <summary>The fleets by name, in the order of the file.</summary>
    public required IReadOnlyList<FleetConfig> Fleets { get; init; }

    /// <summary>The <c>hooks</c> section.</summary>
    public HooksConfig Hooks { get; init; } = new();
}
