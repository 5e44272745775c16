using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>
/// Checks that fleets' names are valid as labels of DNS names and as groups of an Ansible inventory. The allowed characters and length already make them
/// valid in names of interfaces and files, in URLs and in labels of metrics.
/// </summary>
internal static class FleetNames
{
    /// <summary>RFC 1035, section 2.3.4, as text without the dot at the end.</summary>
    private const int MaxDnsName = 253;

    private const int MaxLabel = 63;

    // Built-in groups of Ansible. Every host is in the first.
    private static readonly string[] InventoryGroups = ["all", "ungrouped"];

    /// <summary>Adds an error for each name that is invalid, or that differs from another only in case.</summary>
    public static void Check(IReadOnlyList<YamlEntry> fleets, string? domain, Diagnostics findings)
    {
        var first = new Dictionary<string, YamlEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (var fleet in fleets)
        {
            if (!first.TryAdd(fleet.Key, fleet) && first[fleet.Key] is var other)
                Problem(fleet, $"is the same name as {YamlScalar.Quote(other.Key)} (line {other.Line}) in DNS, use another");

            if (fleet.Key.StartsWith('-') || fleet.Key.EndsWith('-'))
                Problem(fleet, "is not a label of a DNS name, use one without - at its ends");

            if (domain is not null && MaxLabel + 1 + fleet.Key.Length + 1 + domain.Length > MaxDnsName)
                Problem(fleet,
                    $"makes machines' names longer than DNS allows, use a domain of at most {MaxDnsName - MaxLabel - 2 - fleet.Key.Length} characters");

            if (InventoryGroups.Contains(fleet.Key))
                findings.Warning(fleet.Line, PathOf(fleet), $"is a built-in group of Ansible, use another name if you make an inventory");
        }

        void Problem(YamlEntry fleet, string text) => findings.Problem(fleet.Line, PathOf(fleet), text);
    }

    private static string PathOf(YamlEntry fleet) => $"fleets.{YamlScalar.Clean(fleet.Key)}";
}
