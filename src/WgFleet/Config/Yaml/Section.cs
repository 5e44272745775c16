using System.Diagnostics;

namespace WgFleet.Config.Yaml;

/// <summary>A mapping of the configuration that knows its place and the keys it may have, and notes what is wrong in it.</summary>
internal sealed class Section
{
    private readonly Dictionary<string, YamlEntry> _entries;
    private readonly string _path;
    private readonly int _line;
    private readonly IReadOnlyList<string>? _keys;
    private readonly Diagnostics _findings;

    /// <summary>Opens a mapping, and notes unknown keys and keys that stand twice.</summary>
    /// <param name="map">The mapping.</param>
    /// <param name="path">Where it is, such as fleets.alpha; empty for the top.</param>
    /// <param name="line">Where to say that something is missing.</param>
    /// <param name="keys">The keys it may have; null if any.</param>
    /// <param name="findings">Where to note what is wrong.</param>
    public Section(YamlMap map, string path, int line, IReadOnlyList<string>? keys, Diagnostics findings)
    {
        (_path, _line, _keys, _findings) = (path, line, keys, findings);
        _entries = map.Entries.ToDictionary(e => e.Key);

        foreach (var repeat in map.Repeats)
            findings.Warning(repeat.Line, PathOf(repeat.Key), $"stands on line {repeat.EarlierLine} already, the last one counts");

        foreach (var entry in map.Entries.Where(e => keys?.Contains(e.Key) == false))
            findings.Problem(entry.Line, path, UnknownKey(entry.Key, keys!));
    }

    /// <summary>The full name of one of its keys.</summary>
    public string PathOf(string key) => _path.Length == 0 ? YamlScalar.Clean(key) : $"{_path}.{YamlScalar.Clean(key)}";

    /// <summary>What stands at a key; null if it is not there.</summary>
    public YamlEntry? Find(string key)
    {
        Debug.Assert(_keys?.Contains(key) != false, $"{key} is read but not known");
        return _entries.TryGetValue(key, out var entry) ? entry : null;
    }

    /// <summary>The value at a key that may be missing; null if it is, or is wrong, which is noted.</summary>
    public Located<T>? Optional<T>(string key, ValueParser<T> kind) =>
        Find(key) is { } entry ? kind.Read(entry.Value, PathOf(key), _findings) : null;

    /// <summary>The values of the list at a key that may be missing; null if it is.</summary>
    public IReadOnlyList<T>? OptionalList<T>(string key, ListKind<T> kind) =>
        Find(key) is { } entry ? kind.Read(entry.Value, PathOf(key), _findings) : null;

    /// <summary>The mapping at a key, opened; null if it is not there, or is something else, which is noted.</summary>
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

    /// <summary>The value at a key that must be there; null if it is missing or wrong, which is noted.</summary>
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
