using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WgFleet.Config;
using WgFleet.Config.Isolation;
using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Isolation;

/// <summary>The nftables table of one fleet, as text for nft(8).</summary>
internal static class Ruleset
{
    /// <summary>The families of addresses: how nft names them in rules and in sets.</summary>
    private static readonly (AddressFamily Family, string Rule, string Type)[] Families = [(AddressFamily.InterNetworkV6, "ip6", "ipv6_addr"), (AddressFamily.InterNetwork, "ip", "ipv4_addr")];

    /// <summary>The name of a fleet's table.</summary>
    public static string Table(string fleet) => $"wg-fleet_{fleet}";

    /// <summary>A transaction that removes a fleet's table. It makes the table first, since deleting one that is not there is an error.</summary>
    public static string Removal(string fleet) => $"table inet {Table(fleet)}\ndelete table inet {Table(fleet)}\n";

    /// <summary>A transaction that makes the table anew, whatever was there; null if the fleet has no isolation.</summary>
    public static string? Of(FleetSnapshot fleet)
    {
        if (fleet.Config.Isolation is not { } isolation)
            return null;

        var tags = isolation.Tags.Index().ToDictionary(t => t.Item, t => t.Index);
        var text = new StringBuilder($"{Removal(fleet.Config.Name)}table inet {Table(fleet.Config.Name)} {{\n");
        foreach (var (tag, number) in tags)
            AddSets(text, fleet, tag, number);

        // Only answers pass because their connection is known. Every other packet meets the rules, so that a connection ends when it is no longer allowed.
        var name = fleet.Config.Interface;
        text.Append(CultureInfo.InvariantCulture, $$"""
              chain forward {
                type filter hook forward priority filter - 5; policy accept;
                iifname != "{{name}}" oifname != "{{name}}" accept
                ct state related accept
                ct state established ct direction reply accept
                iifname "{{name}}" oifname "{{name}}" goto clients

            """);
        foreach (var network in fleet.Config.Client.Routes.Except(fleet.Config.Networks.Select(n => n.Subnet)))
            text.Append(CultureInfo.InvariantCulture, $"    iifname \"{name}\" {Rule(network)} daddr {network} accept\n");

        text.Append("    drop\n  }\n  chain clients {\n");
        foreach (var rule in isolation.Allow.Prepend(new AllowRule(IsolationConfig.Operator, null, [])))
            AddRule(text, fleet, rule, tags);

        return text.Append(CultureInfo.InvariantCulture, $"    {(isolation.Peers ? "accept" : "drop")}\n  }}\n}}\n").ToString();
    }

    private static void AddSets(StringBuilder text, FleetSnapshot fleet, ClientTag tag, int number)
    {
        var addresses = fleet.ById.Values.Where(c => c.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value).SelectMany(c => c.Addresses).ToList();
        foreach (var (family, rule, type) in FamiliesOf(fleet))
        {
            var elements = string.Join(", ", addresses.Where(a => a.AddressFamily == family));
            text.Append(CultureInfo.InvariantCulture, $"  set {Set(rule, number)} {{\n    type {type}\n    comment \"{tag}\"\n");
            text.Append(elements.Length == 0 ? "  }\n" : $"    elements = {{ {elements} }}\n  }}\n");
        }
    }

    private static void AddRule(StringBuilder text, FleetSnapshot fleet, AllowRule rule, Dictionary<ClientTag, int> tags)
    {
        var protocols = rule.Ports.Count == 0 ? [""] : rule.Ports.GroupBy(p => p.Protocol).Select(p => $"{p.Key} dport {{ {string.Join(", ", p.Select(r => r.Range))} }} ");
        foreach (var protocol in protocols)
        {
            // What concerns no set of addresses is one rule for all families.
            foreach (var (_, family, _) in FamiliesOf(fleet).Take(rule is { From: null, To: null } ? 1 : int.MaxValue))
                text.Append(CultureInfo.InvariantCulture, $"    {Match(family, "saddr", rule.From)}{Match(family, "daddr", rule.To)}{protocol}accept\n");
        }

        string Match(string family, string field, ClientTag? tag) => tag is null ? "" : $"{family} {field} @{Set(family, tags[tag])} ";
    }

    private static IEnumerable<(AddressFamily Family, string Rule, string Type)> FamiliesOf(FleetSnapshot fleet) =>
        Families.Where(f => fleet.Config.Networks.Any(n => n.Gateway.AddressFamily == f.Family));

    private static string Set(string rule, int number) => $"{rule}_tag{number}";

    private static string Rule(IPNetwork network) => Families.First(f => f.Family == network.BaseAddress.AddressFamily).Rule;
}
