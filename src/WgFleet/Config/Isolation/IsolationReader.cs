using System.Globalization;
using System.Text.RegularExpressions;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Isolation;

/// <summary>Reads the keys that say who in a fleet may reach whom.</summary>
internal static partial class IsolationReader
{
    /// <summary>The keys of an entry of <c>fleets.NAME.allow</c>.</summary>
    public static readonly IReadOnlyList<string> Keys = ["from", "to", "ports"];

    private const string Use = "use a list of rules, each with the keys from and to, and ports if not all";

    // A tag, or null for all clients.
    private static readonly ValueParser<ClientTag?> Who = new("use a tag such as role=monitoring, or \"*\" for all clients", (YamlScalar scalar, out ClientTag? value) =>
    {
        value = TagFormat().Match(scalar.Text) is { Success: true } match ? new ClientTag(match.Groups[1].Value, match.Groups[2].Value) : null;
        return value is not null || scalar.Text == "*" ? null : "is not a tag";
    });

    private static readonly ValueParser<Ports> Port = new("use one such as tcp/22, udp/161 or tcp/9100-9110", (YamlScalar scalar, out Ports value) =>
    {
        value = new("tcp", 1, 1);
        if (PortsFormat().Match(scalar.Text) is not { Success: true } match)
            return "is not a port with its protocol";

        var first = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        value = new(match.Groups[1].Value, first, match.Groups[3].Success ? int.Parse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture) : first);
        return value.First is 0 || value.Last > ushort.MaxValue ? "is not from 1 to 65535" : value.Last < value.First ? "ends before it begins" : null;
    });

    private static readonly ListKind<Ports> PortList = new(Port, "use a list of ports, such as [tcp/22, udp/161]");

    /// <summary>Who may reach whom; null if the fleet has none of the keys.</summary>
    /// <param name="fleet">The fleet's keys.</param>
    /// <param name="peers">What it says of peers; null if nothing.</param>
    public static IsolationConfig? Read(Section fleet, bool? peers) => fleet.Find("peers") is null && fleet.Find("allow") is null
        ? null : new IsolationConfig(peers ?? false, [.. fleet.Sections("allow", Keys, Use).Select(Rule).OfType<AllowRule>()]);

    private static AllowRule? Rule(Section rule)
    {
        var (from, to, ports) = (rule.Required("from", Who), rule.Required("to", Who), rule.OptionalList("ports", PortList));
        return from is { } f && to is { } t ? new AllowRule(f.Value, t.Value, ports ?? []) : null;
    }

    // As tags are written in the database.
    [GeneratedRegex(@"\A([a-z][a-z0-9_.-]{0,31})=([A-Za-z0-9_.:/@+-]{1,64})\z")]
    private static partial Regex TagFormat();

    [GeneratedRegex(@"\A(tcp|udp)/([0-9]{1,5})(?:-([0-9]{1,5}))?\z")]
    private static partial Regex PortsFormat();
}
