using WgFleet.Config.Yaml;

namespace WgFleet.Config;

/// <summary>Where something stands in the configuration file, so that what turns out to be wrong only later is told with its line.</summary>
/// <param name="file">The file.</param>
/// <param name="path">The key, such as hooks.list[2].</param>
/// <param name="node">What stands there.</param>
internal sealed class ConfigPlace(string file, string path, YamlNode node)
{
    /// <summary>A problem with it.</summary>
    /// <param name="key">The key below it, such as exec.command or webhook.secrets[1]; where it does not stand there, the nearest one above it has the line.</param>
    /// <param name="text">What is wrong and what is allowed.</param>
    public Problem Problem(string key, string text)
    {
        var (at, line) = (node, node.Line);
        foreach (var part in key.Split('.', '['))
        {
            if (Below(at, part) is not { } found)
                break;

            (at, line) = found;
        }

        return new Problem(file, line, null, node is YamlMap && key.Length > 0 ? $"{path}.{key}" : path, text);
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
