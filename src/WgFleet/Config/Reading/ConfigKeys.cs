using WgFleet.Config.Isolation;
using WgFleet.Config.Logins;

namespace WgFleet.Config.Reading;

/// <summary>All keys of wg-fleet.yaml; any other key is an error.</summary>
internal static class ConfigKeys
{
    /// <summary>At the top.</summary>
    public static readonly IReadOnlyList<string> Server =
    [
        "domain", "prune_timeout", "fleets", "listen", "database", "hosts_file", "prometheus_file", "prometheus_port",
        "wireguard_directory", "prune_interval", "prune_grace", "prune_limit", "prune_limit_from", "offline_after", "metrics_allow", "otlp_endpoint",
            "admin_socket", "read_allow", "dashboard_hosts", "public_url", "trusted_proxies", "oidc",
        "prometheus_keep", "tombstone_keep", "tls", "enrollment", "enrollment_allow", "enrollment_rate", "hostnames",
        "hooks", "gateway",
    ];

    /// <summary>In <c>fleets.NAME</c>.</summary>
    public static readonly IReadOnlyList<string> Fleet = ["ip6", "subnet", "ip4", "subnet4", "external_ip", "port", "enrollment", "enrollment_allow", "enrollment_rate", "approval", "hostnames", "roster", "phases", "mtu", "keepalive", "routes", "dns", "preshared", "peers", "allow"];

    /// <summary>In an entry of <c>fleets.NAME.phases</c>.</summary>
    public static readonly IReadOnlyList<string> Phase = ["name", "from", "to", "days", "time_zone", "freeze", "enrollment"];

    /// <summary>In <c>enrollment_rate</c>.</summary>
    public static readonly IReadOnlyList<string> EnrollmentRate = ["source", "fleet"];

    /// <summary>In <c>database</c>, unless it is a path.</summary>
    public static readonly IReadOnlyList<string> Database = ["postgresql"];

    /// <summary>In <c>gateway</c>.</summary>
    public static readonly IReadOnlyList<string> Gateway = ["name", "key_file", "lease"];

    /// <summary>In <c>tls</c>.</summary>
    public static readonly IReadOnlyList<string> Tls = ["certificate", "key", "listen"];

    /// <summary>In <c>hooks</c>.</summary>
    public static readonly IReadOnlyList<string> Hooks = ["await_timeout", "retain", "shutdown_drain", "exec_dirs", "list"];

    /// <summary>In <c>hooks.retain</c>.</summary>
    public static readonly IReadOnlyList<string> Retain = ["events", "deliveries", "max_rows"];

    /// <summary>In an entry of <c>hooks.list</c>. What stands below the key of a kind is in its <see cref="KindReader"/>.</summary>
    public static readonly IReadOnlyList<string> Hook =
    [
        "name", "enabled", "await", "timeout", "min_interval", "events", "fleets", "max_attempts", "replace", "start", "settings",
        .. KindReader.All.Select(k => k.Key),
    ];

    /// <summary>All keys; keys of two sections stand twice.</summary>
    public static IEnumerable<string> All =>
        [.. Server, .. Fleet, .. Phase, .. IsolationReader.Keys, .. EnrollmentRate, .. Database, .. Gateway, .. Tls, .. OidcReader.Keys, .. OidcReader.RoleKeys, .. Hooks, .. Retain, .. Hook, .. KindReader.All.SelectMany(k => k.Keys.Concat(k.NestedKeys))];
}
