using System.Diagnostics;

namespace WgFleet.Config.Yaml;

/// <summary>A mapping of the configuration with the keys that it may have. Adds errors about its keys and values.</summary>
internal sealed class Section
{
    private readonly Dictionary<string, YamlEntry> _entries;
    private readonly string _path;
    private readonly int _line;
    private readonly IReadOnlyList<string>? _keys;
    private readonly Diagnostics _findings;

    /// <summary>Opens a mapping; adds an error for each unknown key and a warning for each repeated one.</summary>
    /// <param name="map">The mapping.</param>
    /// <param name="path">Its path, such as fleets.alpha; empty for the top level.</param>
    /// <param name="line">The line for errors about missing keys.</param>
    /// <param name="keys">The keys it may have; null if any.</param>
    /// <param name="findings">Gets the errors.</param>
    public Section(YamlMap map, string path, int line, IReadOnlyList<string>? keys, Diagnostics findings)
    {
        (_path, _line, _keys, _findings) = (path, line, keys, findings);
        _entries = map.Entries.ToDictionary(e => e.Key);

        foreach (var repeat in map.Repeats)
            findings.Warning(repeat.Line, PathOf(repeat.Key), $"stands on line {repeat.EarlierLine} already, the last one counts");

        foreach (var entry in map.Entries.Where(e => keys?.Contains(e.Key) == false))
        {
            if (RetiredKeys.Instead(PathOf(entry.Key)) is { } text)
                findings.Problem(entry.Line, PathOf(entry.Key), text);
            else
                findings.Problem(entry.Line, path, UnknownKey(entry.Key, keys!));
        }
    }

    /// <summary>The path of one of its keys.</summary>
    public string PathOf(string key) => _path.Length == 0 ? YamlScalar.Clean(key) : $"{_path}.{YamlScalar.Clean(key)}";

    /// <summary>The entry of a key; null if there is none.</summary>
    public YamlEntry? Find(string key)
    {
        Debug.Assert(_keys?.Contains(key) != false, $"{key} is read but not known");
        return _entries.TryGetValue(key, out var entry) ? entry : null;
    }

    /// <summary>The value of an optional key; null if it is missing, or wrong, which adds an error.</summary>
    public Located<T>? Optional<T>(string key, ValueParser<T> kind) =>
        Find(key) is { } entry ? kind.Read(entry.Value, PathOf(key), _findings) : null;

    /// <summary>The items of the list at an optional key; null if the key is missing.</summary>
    public IReadOnlyList<T>? OptionalList<T>(string key, ListKind<T> kind) =>
        Find(key) is { } entry ? kind.Read(entry.Value, PathOf(key), _findings) : null;

    /// <summary>The mapping at an optional key; null if the key is missing, or not a mapping, which adds an error.</summary>
    /// <param name="key">The key.</param>
    /// <param name="keys">The keys that the mapping may have.</param>
    public Section? OptionalSection(string key, IReadOnlyList<string> keys)
    {
        if (Find(key) is not { } entry)
            return null;

        if (entry.Value is YamlMap map)
            return new Section(map, PathOf(key), entry.Line, keys, _findings);

        var what = entry.Value.IsNull ? "has no value" : $"is {entry.Value.Shown}";
        _findings.Problem(entry.Line, PathOf(key), $"{what}, use the keys {Sentence.And(keys)}");
        return null;
    }

    /// <summary>The mappings of the list at an optional key, in the order of the file; what is no mapping is left out and adds an error.</summary>
    /// <param name="key">The key.</param>
    /// <param name="keys">The keys that each mapping may have.</param>
    /// <param name="use">What to use, for errors: "use a list of phases, each with the keys name, from and to".</param>
    public IReadOnlyList<Section> Sections(string key, IReadOnlyList<string> keys, string use)
    {
        if (Find(key) is not { } entry)
            return [];

        if (entry.Value is YamlList list)
            return [.. list.Items.Index().Select(item => Item(item.Item, $"{PathOf(key)}[{item.Index}]", keys, use)).OfType<Section>()];

        _findings.Problem(entry.Line, PathOf(key), entry.Value.IsNull ? $"has no value, {use}" : $"is {entry.Value.Shown}, {use}");
        return [];
    }

    private Section? Item(YamlNode node, string path, IReadOnlyList<string> keys, string use)
    {
        if (node is YamlMap map)
            return new Section(map, path, node.Line, keys, _findings);

        _findings.Problem(node.Line, path, node.IsNull ? $"has no value, {use}" : $"is {node.Shown}, {use}");
        return null;
    }

    /// <summary>The value of a required key; null if it is missing or wrong, which adds an error.</summary>
    public Located<T>? Required<T>(string key, ValueParser<T> kind)
    {
        if (Find(key) is { } entry)
            return kind.Read(entry.Value, PathOf(key), _findings);

        _findings.Problem(_line, PathOf(key), $"is missing, {kind.Use}");
        return null;
    }

    private static string UnknownKey(string key, IReadOnlyList<string> keys) =>
        Suggestion.For(key, keys) is { } meant
            ? $"unknown key {YamlScalar.Quote(key)}, did you mean '{meant}'?"
            : $"unknown key {YamlScalar.Quote(key)}, allowed are {string.Join(", ", keys)}";
}
