using System.Net;

namespace WgFleet.Config;

/// <summary>What wg-fleet.yaml says, checked: a value that is read once.</summary>
internal sealed record ServerConfig
{
    /// <summary>The domain below which all names stand: hostname.fleet.domain.</summary>
    public required string Domain { get; init; }

    /// <summary>How long a client may be quiet before it is removed.</summary>
    public required TimeSpan PruneTimeout { get; init; }

    /// <summary>Time between two sweeps for quiet clients; WG_FLEET_PRUNE_INTERVAL (seconds) overrides it.</summary>
    public TimeSpan PruneInterval { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long clients are left alone after a start or a lost interface, since their tunnels need time to come back.</summary>
    public TimeSpan PruneGrace { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The share of a fleet, of 100, that one sweep may remove without an operator's word; 100 for all of it.</summary>
    public int PruneLimit { get; init; } = 50;

    /// <summary>How many clients a fleet has at least for that limit to hold.</summary>
    public int PruneLimitFrom { get; init; } = 10;

    /// <summary>How long a client is silent until hooks that ask for it are told that it is offline.</summary>
    public TimeSpan OfflineAfter { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Where the HTTP server listens.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Any, 8000), new(IPAddress.IPv6Any, 8000)];

    /// <summary>The SQLite file.</summary>
    public string Database { get; init; } = "/var/lib/wg-fleet/clients.db";

    /// <summary>The hosts(5) file that the hosts_file hook keeps.</summary>
    public string HostsFile { get; init; } = "/run/wg_fleet_hosts";

    /// <summary>The Prometheus file_sd file that the prometheus_sd hook keeps.</summary>
    public string PrometheusFile { get; init; } = "/run/prometheus_targets.json";

    /// <summary>The port of the exporter on each client.</summary>
    public int PrometheusPort { get; init; } = 9100;

    /// <summary>The folder of wg_FLEET.conf.</summary>
    public string WireGuardDirectory { get; init; } = "/etc/wireguard";

    /// <summary>The networks that may read /metrics; empty: nobody.</summary>
    public IReadOnlyList<IPNetwork> MetricsAllow { get; init; } = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>The networks that may read dashboard and API while there is no admin token; null for this machine and the fleets.</summary>
    public IReadOnlyList<IPNetwork>? ReadAllow { get; init; }

    /// <summary>The same, spelled out.</summary>
    public IReadOnlyList<IPNetwork> Readers => ReadAllow ?? Private;

    /// <summary>Where nobody listens in: the loopback and the tunnels.</summary>
    public IReadOnlyList<IPNetwork> Private => [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128"), .. Fleets.Select(f => f.Subnet)];

    /// <summary>Names by which browsers may ask for the dashboard, beside those that are known anyway.</summary>
    public IReadOnlyList<string> DashboardHosts { get; init; } = [];

    /// <summary>The server's URL as machines and browsers reach it, without a path; null for whatever a request asked for.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>TLS; null for none.</summary>
    public TlsConfig? Tls { get; init; }

    /// <summary>How long a client that went quiet stays a target of Prometheus after it was removed.</summary>
    public TimeSpan PrometheusKeep { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a client that was removed can be looked at and put back; zero for not at all.</summary>
    public TimeSpan TombstoneKeep { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Where the metrics are sent by OTLP over HTTP, the path included; null for nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>The unix socket on which operators' commands reach the server.</summary>
    public string AdminSocket { get; init; } = "/run/wg-fleet/admin.sock";

    /// <summary>The fleets by name, in the order of the file.</summary>
    public required IReadOnlyList<FleetConfig> Fleets { get; init; }

    /// <summary>What the file says of hooks.</summary>
    public HooksConfig Hooks { get; init; } = new();
}
