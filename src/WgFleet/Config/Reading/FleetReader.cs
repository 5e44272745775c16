using System.Net;
using System.Text.RegularExpressions;
using WgFleet.Config.Isolation;
using WgFleet.Config.Rosters;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>fleets</c>.</summary>
internal static partial class FleetReader
{
    private const string NameUse = "use 1 to 12 of A-Z a-z 0-9 _ and -";
    private const string FleetUse = "use the keys ip6, subnet, external_ip and port";

    private static readonly ValueParser<HostnamePolicy> Hostnames = Values.OneOf("a policy for names",
        [("suffix", HostnamePolicy.Suffix), ("takeover", HostnamePolicy.Takeover), ("refuse", HostnamePolicy.Refuse), ("roster", HostnamePolicy.Roster)]);

    private static readonly ValueParser<ApprovalPolicy> Approvals = Values.OneOf("a rule of approval", [("operator", ApprovalPolicy.Operator), ("roster", ApprovalPolicy.Roster)]);

    /// <summary>All fleets in the order of the file; fleets with errors are left out.</summary>
    public static IReadOnlyList<FleetConfig> Read(Section top, int line, Diagnostics findings)
    {
        const string use = "use a mapping of one fleet or more by name";
        var enrollment = EnrollmentReader.Read(top, EnrollmentConfig.Open);
        var hostnames = top.Optional("hostnames", Hostnames);
        if (top.Find("fleets") is not { } entry)
        {
            findings.Problem(line, "fleets", $"is missing, {use}");
            return [];
        }

        if (entry.Value is not YamlMap { Entries.Count: > 0 } map)
        {
            var what = entry.Value.IsNull ? "has no value" : entry.Value is YamlMap ? "has no fleet" : $"is {entry.Value.Shown}";
            findings.Problem(entry.Line, "fleets", $"{what}, {use}");
            return [];
        }

        // Of two that have one name, one would be lost with its clients.
        foreach (var repeat in map.Repeats)
            findings.Problem(repeat.Line, PathOf(repeat.Key), $"is a fleet on line {repeat.EarlierLine} already, use another name");

        FleetNames.Check(map.Entries, (top.Find("domain")?.Value as YamlScalar)?.Text, findings);
        var drafts = map.Entries.Select(e => Fleet(e, PathOf(e.Key), enrollment, hostnames, findings)).OfType<FleetEntry>().ToList();
        FleetRules.Check(drafts, SaysTls(top), findings);
        return [.. drafts.Select(d => d.ToConfig()).OfType<FleetConfig>()];
    }

    private static bool SaysTls(Section top) => top.Find("tls") is not null || top.Find("trusted_proxies") is { Value: YamlList { Items.Count: > 0 } }
        || top.Find("public_url") is { Value: YamlScalar url } && url.Text.StartsWith("https:", StringComparison.Ordinal);

    private static string PathOf(string name) => $"fleets.{YamlScalar.Clean(name)}";

    private static FleetEntry? Fleet(YamlEntry entry, string path, EnrollmentConfig enrollment, Located<HostnamePolicy>? hostnames, Diagnostics findings)
    {
        if (!NameFormat().IsMatch(entry.Key))
            findings.Problem(entry.Line, "fleets", $"{YamlScalar.Quote(entry.Key)} is not a fleet's name, {NameUse}");

        if (entry.Value is not YamlMap map)
        {
            findings.Problem(entry.Line, path, entry.Value.IsNull ? $"has no value, {FleetUse}" : $"is {entry.Value.Shown}, {FleetUse}");
            return null;
        }

        var section = new Section(map, path, entry.Line, ConfigKeys.Fleet, findings);
        var roster = section.Optional("roster", Values.FileOrApi)?.Value;
        var fleet = new FleetEntry(entry.Key, path)
        {
            Networks = Networks(section, findings),
            ExternalIp = section.Required("external_ip", AddressValues.ExternalIp),
            Port = section.Required("port", Values.Port),
            Enrollment = EnrollmentReader.Read(section, enrollment),
            Roster = roster is null or Values.Api ? null : RosterFile.Read(roster, findings),
            RosterByApi = roster == Values.Api,
            Phases = PhaseReader.Read(section, findings),
            Isolation = IsolationReader.Read(section, section.Optional("peers", Values.Boolean)?.Value),
            PresharedLine = section.Find("preshared")?.Line ?? 0,
        };
        return fleet with { Client = ClientTunnelReader.Read(section, fleet, findings), Hostnames = PolicyOf(section, hostnames, findings), Approval = ApprovalOf(section, findings) };
    }

    private static HostnamePolicy PolicyOf(Section fleet, Located<HostnamePolicy>? above, Diagnostics findings)
    {
        if ((fleet.Optional("hostnames", Hostnames) ?? above) is not { } found)
            return HostnamePolicy.Suffix;

        if (found.Value == HostnamePolicy.Roster && fleet.Find("roster") is null)
            findings.Problem(found.Line, fleet.PathOf("hostnames"), $"is roster, but the fleet has no roster, name its file in {fleet.PathOf("roster")} or use suffix, takeover or refuse");

        return found.Value;
    }

    private static ApprovalPolicy ApprovalOf(Section fleet, Diagnostics findings)
    {
        if (fleet.Optional("approval", Approvals) is not { } found)
            return ApprovalPolicy.None;

        if (found.Value == ApprovalPolicy.Roster && fleet.Find("roster") is null)
            findings.Problem(found.Line, fleet.PathOf("approval"), $"is roster, but the fleet has no roster, name its file in {fleet.PathOf("roster")} or use operator");

        return found.Value;
    }

    // IPv6 before IPv4; an IPv6 one that lacks everything if the fleet says nothing.
    private static List<NetworkEntry> Networks(Section fleet, Diagnostics findings)
    {
        var has4 = Has(fleet, "ip4", "subnet4");
        var networks = new List<NetworkEntry>();
        if (!has4 || Has(fleet, "ip6", "subnet"))
            networks.Add(Network(fleet, new("ip6", "subnet"), AddressValues.Ip6, AddressValues.Subnet, findings));
        if (has4)
            networks.Add(Network(fleet, new("ip4", "subnet4"), AddressValues.Ip4, AddressValues.Subnet4, findings));

        return networks;
    }

    private static bool Has(Section fleet, string gateway, string subnet) => fleet.Find(gateway) is not null || fleet.Find(subnet) is not null;

    private static NetworkEntry Network(Section fleet, NetworkEntry keys, ValueParser<IPAddress> gateway, ValueParser<(IPAddress, int)> subnet, Diagnostics findings) => keys with
    {
        Gateway = fleet.Required(keys.GatewayKey, gateway),
        GatewayText = (fleet.Find(keys.GatewayKey)?.Value as YamlScalar)?.Text,
        Subnet = Subnet(fleet, keys.SubnetKey, subnet, findings),
    };

    private static Located<IPNetwork>? Subnet(Section fleet, string key, ValueParser<(IPAddress Address, int Prefix)> subnet, Diagnostics findings)
    {
        if (fleet.Required(key, subnet) is not { } found)
            return null;

        var (address, prefix) = found.Value;
        var network = new IPNetwork(WithoutHostBits(address, prefix), prefix);
        if (!network.BaseAddress.Equals(address))
            findings.Warning(found.Line, fleet.PathOf(key), $"{address}/{prefix} has host bits set, taken as {network}");

        return new Located<IPNetwork>(network, found.Line);
    }

    private static IPAddress WithoutHostBits(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < 8 * bytes.Length; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));

        return new IPAddress(bytes);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,12}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameFormat();
}
