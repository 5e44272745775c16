namespace WgFleet.Config.Yaml;

/// <summary>A location in the configuration file, for errors that are found after the file was read.</summary>
/// <param name="file">The file.</param>
/// <param name="path">The key, such as hooks.list[2].</param>
/// <param name="node">What stands there.</param>
internal sealed class SourceLocation(string file, string path, YamlNode node)
{
    /// <summary>A problem with it.</summary>
    /// <param name="key">The key below it, such as exec.command or webhook.secrets[1]; where it does not stand there, the nearest one above it has the
    /// line.</param>
    /// <param name="text">What is wrong and what is allowed.</param>
    public Problem Problem(string key, string text)
    {
        var line = Lines(key).LastOrDefault(node.Line);
        return new Problem(file, line, null, node is YamlMap && key.Length > 0 ? $"{path}.{key}" : path, text);
    }

    /// <summary>The line of a key below it; null if it does not stand there.</summary>
    public int? LineOf(string key) => Lines(key).ToList() is var lines && lines.Count == Parts(key).Length ? lines[^1] : null;

    private static string[] Parts(string key) => key.Split('.', '[');

    /// <summary>The lines of the key's parts, as far as they are there.</summary>
    private IEnumerable<int> Lines(string key)
    {
        var at = node;
        foreach (var part in Parts(key))
        {
            if (Below(at, part) is not { } found)
                yield break;

            at = found.Node;
            yield return found.Line;
        }
    }

    private static (YamlNode Node, int Line)? Below(YamlNode at, string part)
    {
        if (at is YamlList list)
            return int.TryParse(part.TrimEnd(']'), out var index) && index < list.Items.Count ? (list.Items[index], list.Items[index].Line) : null;

        foreach (var entry in (at as YamlMap)?.Entries ?? [])
        {
            if (entry.Key == part)
                return (entry.Value, entry.Line);
        }

        return null;
    }
}
