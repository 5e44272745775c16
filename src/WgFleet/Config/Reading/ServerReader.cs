using System.Globalization;
using System.Net;
using WgFleet.Config.Gateways;
using WgFleet.Config.Logins;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads all sections of wg-fleet.yaml.</summary>
internal static class ServerReader
{
    /// <summary>The variable that overrides prune_interval, in seconds.</summary>
    public const string PruneIntervalVariable = "WG_FLEET_PRUNE_INTERVAL";

    private static readonly ServerConfig Defaults = new() { Domain = "", PruneTimeout = default, Fleets = [] };

    // Timers run for 49 days at most.
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private static readonly ValueParser<TimeSpan> PruneTimeout = Values.DurationFrom(TimeSpan.FromSeconds(1), Duration.Longest, "90s, 30m, 1h30m or 2d");
    private static readonly ValueParser<TimeSpan> PruneInterval = Values.DurationFrom(TimeSpan.FromSeconds(1), Month, "90s, 5m or 1h");
    private static readonly ValueParser<TimeSpan> PruneGrace = Values.DurationFrom(TimeSpan.Zero, Month, "90s, 3m or 0s for none");

    private static readonly ValueParser<int> PruneLimitFrom = Values.IntegerFrom(1, 1_000_000);
    private static readonly ValueParser<TimeSpan> PrometheusKeep = Values.DurationFrom(TimeSpan.Zero, Month, "30m, 1h or 0s for none");

    // A live tunnel shows itself every 25 s, and is looked at every 20 s.
    private static readonly ValueParser<TimeSpan> OfflineAfter = Values.DurationFrom(TimeSpan.FromMinutes(1), Month, "90s, 3m or 1h");
    private static readonly ValueParser<TimeSpan> TombstoneKeep = Values.DurationFrom(TimeSpan.Zero, Duration.Longest, "7d, 12h or 0s for none");

    private static readonly ValueParser<TimeSpan> Lease = Values.DurationFrom(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(60), "10s");

    private static readonly ValueParser<string> GatewayName = new("use letters a-z, digits and -, such as gw1", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return scalar.IsText && value.Length <= 32 && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? null : "is not a gateway's name";
    });

    private static readonly ListKind<IPNetwork> MetricsAllow = new(AddressValues.Network,
        "use a list of networks, such as [127.0.0.0/8]") { MayBeEmpty = true };
    private static readonly ListKind<string> DashboardHosts = new(Values.Host, "use a list of names, such as [fleet.example.com]");

    /// <summary>The configuration; invalid if <paramref name="findings"/> has errors afterwards.</summary>
    public static ServerConfig Read(YamlMap root, IReadOnlyDictionary<string, string> environment, Diagnostics findings)
    {
        var top = new Section(root, "", root.Line, ConfigKeys.Server, findings);
        var files = new FileClaims(findings);
        var pruneInterval = top.Optional("prune_interval", PruneInterval)?.Value ?? Defaults.PruneInterval;
        var offlineAfter = top.Optional("offline_after", OfflineAfter)?.Value ?? Defaults.OfflineAfter;
        var postgres = Postgres(top, files);
        var config = new ServerConfig
        {
            Domain = top.Required("domain", Values.Domain)?.Value ?? "",
            PruneTimeout = top.Required("prune_timeout", PruneTimeout)?.Value ?? default,
            PruneInterval = FromEnvironment(environment, findings) ?? pruneInterval,
            PruneGrace = top.Optional("prune_grace", PruneGrace)?.Value ?? Defaults.PruneGrace,
            PruneLimit = top.Optional("prune_limit", Values.Percentage)?.Value ?? Defaults.PruneLimit,
            PruneLimitFrom = top.Optional("prune_limit_from", PruneLimitFrom)?.Value ?? Defaults.PruneLimitFrom,
            OfflineAfter = offlineAfter,
            Listen = Listen(top, Defaults.Listen, findings),
            Database = postgres is null ? FileAt(top, "database", Defaults.Database, files) : Defaults.Database,
            PostgresFile = postgres,
            Gateway = Gateway(top, files, findings, postgres is not null),
            HostsFile = FileAt(top, "hosts_file", Defaults.HostsFile, files),
            PrometheusFile = FileAt(top, "prometheus_file", Defaults.PrometheusFile, files),
            PrometheusPort = top.Optional("prometheus_port", Values.Port)?.Value ?? Defaults.PrometheusPort,
            WireGuardDirectory = top.Optional("wireguard_directory", Values.Folder)?.Value ?? Defaults.WireGuardDirectory,
            MetricsAllow = top.OptionalList("metrics_allow", MetricsAllow) ?? Defaults.MetricsAllow,
            ReadAllow = top.OptionalList("read_allow", MetricsAllow),
            DashboardHosts = top.OptionalList("dashboard_hosts", DashboardHosts) ?? Defaults.DashboardHosts,
            PublicUrl = top.Optional("public_url", AddressValues.PublicUrl)?.Value,
            Tls = Tls(top, findings),
            PrometheusKeep = top.Optional("prometheus_keep", PrometheusKeep)?.Value ?? Defaults.PrometheusKeep,
            TombstoneKeep = top.Optional("tombstone_keep", TombstoneKeep)?.Value ?? Defaults.TombstoneKeep,
            OtlpEndpoint = top.Optional("otlp_endpoint", AddressValues.Url)?.Value,
            AdminSocket = FileAt(top, "admin_socket", Defaults.AdminSocket, files),
            Fleets = [.. FleetReader.Read(top, root.Line, findings).Select(f => f with { OfflineAfter = offlineAfter })],
            Hooks = HooksReader.Read(top, files, findings),
        };
        return config with
        {
            TrustedProxies = top.OptionalList("trusted_proxies", TrustedProxies(config.Fleets)) ?? Defaults.TrustedProxies,
            Oidc = OidcReader.Read(top, config.PublicUrl, Values.SecretFile, [.. config.Fleets.Select(f => f.Name)], findings),
        };
    }

    private static string FileAt(Section top, string key, string byDefault, FileClaims files)
    {
        var found = top.Optional(key, Values.File);
        var path = found?.Value ?? byDefault;
        files.Add(key, path, found?.Line);
        return path;
    }

    private static ListKind<IPNetwork> TrustedProxies(IReadOnlyList<FleetConfig> fleets) => new(AddressValues.Network, "use a list of networks, such as [192.0.2.10/32]")
    {
        MayBeEmpty = true,
        Refusal = network => network.PrefixLength == 0 ? $"{network} trusts every address, use the addresses of your proxies"
            : fleets.SelectMany(f => f.Networks, (fleet, n) => (fleet.Name, n.Subnet)).FirstOrDefault(f => f.Subnet.Contains(network.BaseAddress) || network.Contains(f.Subnet.BaseAddress))
                is { Name: not null } fleet
                ? $"{network} overlaps fleets.{fleet.Name}'s subnet {fleet.Subnet}, whose machines could then pass for each other; use the addresses of your proxies"
                : null,
    };

    private static string? Postgres(Section top, FileClaims files)
    {
        if (top.Find("database") is not { Value: YamlMap } || top.OptionalSection("database", ConfigKeys.Database) is not { } section)
            return null;

        var found = section.Required("postgresql", Values.SecretFile);
        if (found is { } file)
            files.Add("database.postgresql", file.Value, file.Line);

        return found?.Value ?? "";
    }

    private static GatewayConfig? Gateway(Section top, FileClaims files, Diagnostics findings, bool hasPostgres)
    {
        if (top.Find("gateway") is not { } entry || top.OptionalSection("gateway", ConfigKeys.Gateway) is not { } section)
            return null;

        if (!hasPostgres)
            findings.Problem(entry.Line, "gateway", "several gateways need a database that they share, use 'database: {postgresql: FILE}'; with SQLite there is one gateway");

        var key = section.Required("key_file", Values.SecretFile);
        if (key is { } file)
            files.Add("gateway.key_file", file.Value, file.Line);

        var config = new GatewayConfig { Name = section.Required("name", GatewayName)?.Value ?? "", KeyFile = key?.Value ?? "" };
        return config with { Lease = section.Optional("lease", Lease)?.Value ?? config.Lease };
    }

    private static TlsConfig? Tls(Section top, Diagnostics findings)
    {
        if (top.OptionalSection("tls", ConfigKeys.Tls) is not { } section)
            return null;

        var config = new TlsConfig { Certificate = section.Required("certificate", Values.File)?.Value ?? "",
            Key = section.Required("key", Values.File)?.Value ?? "" };
        return config with { Listen = Listen(section, config.Listen, findings) };
    }

    private static IReadOnlyList<IPEndPoint> Listen(Section section, IReadOnlyList<IPEndPoint> byDefault, Diagnostics findings)
    {
        if (section.Find("listen") is not { } entry)
            return byDefault;

        var path = section.PathOf("listen");

        if (entry.Value is not YamlList list)
            return AddressValues.EndPoint.Read(entry.Value, path, findings) is { } one ? [one.Value] : [];

        if (list.Items.Count == 0)
            findings.Problem(entry.Line, path, $"is an empty list, {AddressValues.EndPoint.Use}");

        var endPoints = new List<IPEndPoint>();
        foreach (var (index, item) in list.Items.Index())
        {
            if (AddressValues.EndPoint.Read(item, $"{path}[{index}]", findings) is not { } found)
                continue;

            if (endPoints.Contains(found.Value))
                findings.Problem(found.Line, $"{path}[{index}]", $"{found.Value} is listed already, list it once");
            endPoints.Add(found.Value);
        }

        return endPoints;
    }

    private static TimeSpan? FromEnvironment(IReadOnlyDictionary<string, string> environment, Diagnostics findings)
    {
        if (environment.GetValueOrDefault(PruneIntervalVariable) is not { Length: > 0 } text)
            return null;

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, null, out var seconds)
            && seconds >= 0.001m && seconds <= (decimal)Month.TotalSeconds)
        {
            return TimeSpan.FromMilliseconds((double)(seconds * 1000));
        }

        findings.Elsewhere(PruneIntervalVariable, $"{YamlScalar.Quote(text)} is not a number of seconds, use 0.001 to {(long)Month.TotalSeconds}");
        return null;
    }
}
