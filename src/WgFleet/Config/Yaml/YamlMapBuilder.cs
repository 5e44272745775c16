namespace WgFleet.Config.Yaml;

/// <summary>
/// Collects the keys of one mapping. Its own keys override merged ones; the last of its own keys wins; of a list of merged
/// mappings the first wins, as in YAML's merge type.
/// </summary>
internal sealed class YamlMapBuilder
{
    private readonly List<YamlEntry> _own = [];
    private readonly List<YamlEntry> _merged = [];

    /// <summary>Adds a key of the mapping itself.</summary>
    public void Add(YamlEntry entry) => _own.Add(entry);

    /// <summary>Adds what stands after a <c>&lt;&lt;</c>; false if that cannot be merged.</summary>
    public bool Merge(YamlNode value)
    {
        switch (value)
        {
            case YamlMap map:
                _merged.AddRange(map.Entries);
                return true;
            case YamlList list when list.Items.All(i => i is YamlMap):
                // Later entries win in Build, and the first of the list shall.
                foreach (var map in list.Items.Reverse().Cast<YamlMap>())
                    _merged.AddRange(map.Entries);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The mapping.</summary>
    public YamlMap Build(int line, int size)
    {
        var entries = new OrderedDictionary<string, YamlEntry>();
        foreach (var entry in _merged)
            entries[entry.Key] = entry;

        var repeats = new List<YamlRepeat>();
        var seen = new Dictionary<string, int>();
        foreach (var entry in _own)
        {
            if (seen.TryGetValue(entry.Key, out var earlier))
                repeats.Add(new YamlRepeat(entry.Key, entry.Line, earlier));
            seen[entry.Key] = entry.Line;
            entries[entry.Key] = entry;
        }

        return new YamlMap(line, [.. entries.Values], repeats, size);
    }
}
