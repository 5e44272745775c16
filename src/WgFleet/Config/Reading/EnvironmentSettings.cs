using WgFleet.Config.Yaml;
using YamlDotNet.Core;

namespace WgFleet.Config.Reading;

/// <summary>
/// Settings that stand in environment variables, as users of containers expect: <c>WG_FLEET__FLEETS__ALPHA__PORT=51820</c> sets
/// <c>fleets.alpha.port</c>. A variable wins over the file. A value that begins with a bracket, a brace or a quote is read as
/// YAML, any other is one plain value.
/// </summary>
internal static class EnvironmentSettings
{
    private const string Prefix = "WG_FLEET__";
    private const string Separator = "__";

    /// <summary>Whether any variable sets a key, so that a file is not needed.</summary>
    public static bool Any(IReadOnlyDictionary<string, string> environment) => environment.Keys.Any(IsSetting);

    /// <summary>The configuration with the keys of the variables set; adds an error for each variable that cannot be read.</summary>
    /// <param name="root">What stands in the file.</param>
    /// <param name="environment">Variables and their values.</param>
    /// <param name="findings">Gets the errors, and learns which lines are variables.</param>
    public static YamlMap Apply(YamlMap root, IReadOnlyDictionary<string, string> environment, Diagnostics findings)
    {
        foreach (var (name, value) in environment.Where(v => IsSetting(v.Key)).OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var keys = name[Prefix.Length..].ToLowerInvariant().Split(Separator);
            if (keys.Contains(""))
                findings.Elsewhere(name, "names no key, write it as WG_FLEET__DOMAIN or WG_FLEET__FLEETS__ALPHA__PORT");
            else if (Value(name, value, findings.LineOf(name), findings) is { } node)
                root = With(root, keys, node);
        }

        return root;
    }

    private static bool IsSetting(string variable) => variable.StartsWith(Prefix, StringComparison.Ordinal);

    private static YamlNode? Value(string name, string value, int line, Diagnostics findings)
    {
        if (value.Length == 0 || !"[{'\"".Contains(value[0]))
            return new YamlScalar(line, value, plain: true);

        try
        {
            return YamlTree.Parse(value, line);
        }
        catch (YamlException e)
        {
            findings.Elsewhere(name, $"starts with {value[0]} and is not YAML: {e.Message.TrimEnd('.')}");
            return null;
        }
    }

    /// <summary>The mapping with one key set, however deep; what stands in its way is replaced.</summary>
    private static YamlMap With(YamlMap map, ReadOnlySpan<string> keys, YamlNode value)
    {
        var key = keys[0];
        var old = map.Entries.FirstOrDefault(e => e.Key == key).Value;
        if (keys.Length > 1)
            value = With(old as YamlMap ?? new YamlMap(value.Line, [], [], size: 1), keys[1..], value);

        IReadOnlyList<YamlEntry> entries = [.. map.Entries.Where(e => e.Key != key), new YamlEntry(key, value.Line, value)];
        return new YamlMap(map.Line, entries, map.Repeats, map.Size + value.Size);
    }
}
