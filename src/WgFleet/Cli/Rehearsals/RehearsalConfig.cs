using System.Net;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;

namespace WgFleet.Cli.Rehearsals;

/// <summary>
/// The configuration of a rehearsal's gateway: that of the real one, with one fleet, with all that the server writes in a directory of the rehearsal, and
/// with hooks that reach nobody.
/// </summary>
internal static class RehearsalConfig
{
    /// <summary>Where the gateway listens, in its own network.</summary>
    public static readonly IPEndPoint Gateway = new(IPAddress.Loopback, 8000);

    /// <summary>Where webhooks go.</summary>
    public static readonly IPEndPoint Receiver = new(IPAddress.Loopback, 8001);

    /// <summary>The socket for operators; /run is the rehearsal's own.</summary>
    public const string AdminSocket = "/run/wg-fleet/admin.sock";

    // Each line of a stream is answered by its id, see docs/stream.md.
    private const string Acknowledge = """while read -r line; do id=${line#*'"id":"'}; echo "{\"id\":\"${id%%'"'*}\",\"ok\":true}"; done""";

    /// <summary>What is not as on the real gateway, in sentences; the report has them.</summary>
    public static IReadOnlyList<string> Differences(ServerConfig config, FleetConfig fleet)
    {
        var kinds = HookDiscovery.Of(config).All.Where(h => h.Inactive is null).Select(h => h.Config?.Kind).ToList();
        List<string> differences = ["The machines had no tunnels: they sent their requests to the gateway on its own machine, without TLS."];
        if (config.PostgresFile is not null)
            differences.Add("The database was an SQLite file, and not in PostgreSQL.");
        if (kinds.Exists(k => k is WebhookConfig))
            differences.Add("Webhooks went to a receiver that answers at once.");
        if (kinds.Exists(k => k is ExecConfig or StreamConfig))
            differences.Add("The programs of hooks did not run; a program that does nothing ran in the place of each.");
        if (fleet.Enrollment.NeedsToken || fleet.Enrollment.Allow is not null)
            differences.Add("Any machine could join, without a token and from anywhere.");
        if (fleet.Approval != ApprovalPolicy.None)
            differences.Add("No machine waited until an operator let it in.");
        if (fleet.Client.Preshared)
            differences.Add("The machines got no preshared keys, which are handed out over TLS only.");
        if (fleet.Hostnames != HostnamePolicy.Suffix)
            differences.Add("Names were given as with hostnames: suffix.");
        if (fleet.Phases.Count > 0)
            differences.Add("The fleet's phases were left out.");
        return differences;
    }

    /// <summary>The configuration of the rehearsal's gateway.</summary>
    /// <param name="config">That of the real one.</param>
    /// <param name="fleet">The name of the fleet, which the real one has.</param>
    /// <param name="directory">The rehearsal's directory.</param>
    public static ServerConfig Of(ServerConfig config, string fleet, string directory)
    {
        var real = config.Fleets.Single(f => f.Name == fleet);
        return config with
        {
            Fleets =
            [
                real with
                {
                    Enrollment = real.Enrollment with { NeedsToken = false, Allow = null },
                    Client = real.Client with { Preshared = false },
                    Approval = ApprovalPolicy.None,
                    Hostnames = HostnamePolicy.Suffix,
                    Phases = [],
                },
            ],
            Listen = [Gateway],
            Tls = null,
            TrustedProxies = [],
            AdminSocket = AdminSocket,
            OtlpEndpoint = null,
            Database = Path.Combine(directory, "clients.db"),
            PostgresFile = null,
            HostsFile = Path.Combine(directory, "hosts"),
            PrometheusFile = Path.Combine(directory, "prometheus.json"),
            WireGuardDirectory = Path.Combine(directory, "wireguard"),
            Hooks = config.Hooks with { Folders = [], List = [.. Entries(config).Select(entry => entry with { Kind = Harmless(entry, directory) })] },
        };
    }

    // A program of a drop-in directory becomes an entry, so that another program can run in its place. What does not run on the real gateway, such as a webhook without
    // its secret, does not run here.
    private static IEnumerable<HookConfig> Entries(ServerConfig config)
    {
        var all = HookDiscovery.Of(config).All;
        var dropIns = all.Where(h => h.Origin == HookOrigin.DropIn).ToList();
        return
        [
            .. config.Hooks.List.Where(entry => entry.Kind is not null || dropIns.TrueForAll(h => h.Name != entry.Name))
                .Select(entry => entry with { Enabled = entry.Enabled && !all.Any(h => h.Name == entry.Name && h.Inactive is not null) }),
            .. dropIns.Where(h => h.Inactive is null).Select(h => h.Config!),
        ];
    }

    private static HookKindConfig? Harmless(HookConfig entry, string directory) => entry.Kind switch
    {
        TemplateConfig template => template with { Path = Path.Combine(directory, $"file.{entry.Name}{(template.IsPerFleet ? ".{fleet}" : "")}"), AfterWrite = null },
        WebhookConfig webhook => webhook with { Url = new Uri($"http://{Receiver}/"), SecretFiles = [], Headers = [], Allow = [] },
        ExecConfig exec => exec with { Command = "/usr/bin/true", Args = [] },
        StreamConfig stream => stream with { Command = "/usr/bin/sh", Args = ["-c", Acknowledge] },
        var kind => kind,
    };
}
