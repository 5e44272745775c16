namespace WgFleet.Config;

/// <summary>Every key that wg-fleet.yaml may have; any other is an error.</summary>
internal static class ConfigKeys
{
    /// <summary>At the top.</summary>
    public static readonly IReadOnlyList<string> Server =
    [
        "domain", "prune_timeout", "fleets", "listen", "database", "hosts_file", "prometheus_file", "prometheus_port",
        "wireguard_directory", "prune_interval", "prune_grace", "hooks",
    ];

    /// <summary>In <c>fleets.NAME</c>.</summary>
    public static readonly IReadOnlyList<string> Fleet = ["ip6", "subnet", "external_ip", "port"];

    /// <summary>In <c>hooks</c>.</summary>
    public static readonly IReadOnlyList<string> Hooks = ["await_timeout", "list"];

    /// <summary>In an entry of <c>hooks.list</c>.</summary>
    public static readonly IReadOnlyList<string> Hook = ["name", "enabled", "await", "timeout", "min_interval", "settings"];

    /// <summary>All of them.</summary>
    public static IEnumerable<string> All => [.. Server, .. Fleet, .. Hooks, .. Hook];
}
