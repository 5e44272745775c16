namespace WgFleet.Config.Yaml;

/// <summary>A value in a YAML file that still knows its line.</summary>
internal abstract class YamlNode(int line)
{
    /// <summary>The line in the file, from 1; below 0 for an environment variable, which <see cref="Diagnostics"/> knows.</summary>
    public int Line { get; } = line;

    /// <summary>The values in it, itself included, each as often as aliases repeat it.</summary>
    public virtual int Size => 1;

    /// <summary>What to call it in a sentence: "a list", "'text'", "70000".</summary>
    public abstract string Shown { get; }

    /// <summary>Whether the value is absent or null.</summary>
    public virtual bool IsNull => false;
}

/// <summary>A sequence, in block or flow style.</summary>
internal sealed class YamlList(int line, IReadOnlyList<YamlNode> items, int size) : YamlNode(line)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override int Size { get; } = size;

    public override string Shown => "a list";
}

/// <summary>A mapping, with what <c>&lt;&lt;</c> merges into it; of a key that stands twice the last counts.</summary>
internal sealed class YamlMap(int line, IReadOnlyList<YamlEntry> entries, IReadOnlyList<YamlRepeat> repeats, int size) : YamlNode(line)
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public IReadOnlyList<YamlRepeat> Repeats { get; } = repeats;

    public override int Size { get; } = size;

    public override string Shown => "a mapping";
}

/// <summary>One key of a mapping and its value; keys are always text.</summary>
internal readonly record struct YamlEntry(string Key, int Line, YamlNode Value);

/// <summary>A key that stood in the same mapping before.</summary>
internal readonly record struct YamlRepeat(string Key, int Line, int EarlierLine);
