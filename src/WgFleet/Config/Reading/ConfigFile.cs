using System.Collections;
using System.Text.RegularExpressions;
using WgFleet.Config.Yaml;
using YamlDotNet.Core;

namespace WgFleet.Config.Reading;

/// <summary>Reads wg-fleet.yaml.</summary>
internal static partial class ConfigFile
{
    /// <summary>Where the file is unless the command line says otherwise.</summary>
    public const string DefaultPath = "/etc/wg-fleet.yaml";

    private const int MostMebibytes = 1;

    /// <summary>Reads and checks the file; blocks for the disk only, throws nothing for whatever stands in it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="environment">The environment variables; those of the process if null.</param>
    public static ConfigResult Load(string path, IReadOnlyDictionary<string, string>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "");
        var findings = new Diagnostics(path);
        var config = InFile(path, environment, findings) is { } root
            ? ServerReader.Read(EnvironmentSettings.Apply(root, environment, findings), environment, findings)
            : null;
        return ConfigResult.Of(config, findings);
    }

    // In a container the environment may have all settings.
    private static YamlMap? InFile(string path, IReadOnlyDictionary<string, string> environment, Diagnostics findings)
    {
        if (!Path.Exists(path) && EnvironmentSettings.Any(environment))
            return new YamlMap(1, [], [], size: 1);

        return TextFile.Read(path, MostMebibytes, "name another with --config FILE", findings) is { } text ? Root(text, findings) : null;
    }

    private static YamlMap? Root(string text, Diagnostics findings)
    {
        const string use = "use keys such as domain, prune_timeout and fleets";
        try
        {
            switch (YamlTree.Parse(text))
            {
                case YamlMap map:
                    return map;
                case null or { IsNull: true }:
                    findings.Unreadable($"is empty, {use}");
                    return null;
                case var other:
                    findings.Unreadable($"is {other.Shown}, {use}", other.Line);
                    return null;
            }
        }
        catch (YamlException e)
        {
            var hint = BareAddress().Match(text) is { Success: true } bare ? $" (write \"{bare.Groups[1].Value}\", in quotes)" : "";
            findings.Unreadable(e is RefusedYaml ? e.Message : $"not YAML: {char.ToLowerInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}{hint}",
                (int)e.Start.Line, (int)e.Start.Column);
            return null;
        }
    }

    // A common mistake with addresses: in YAML a bracket starts a list, and a colon at the end a mapping.
    [GeneratedRegex(@"^[^#""'\r\n]*[\s,\[](\[[0-9a-fA-F:.]+\]:[0-9]+|[0-9a-fA-F:]+::)(?:[\s,\]]|\z)",
        RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex BareAddress();
}
