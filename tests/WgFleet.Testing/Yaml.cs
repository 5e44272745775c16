using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Config.Yaml;

namespace WgFleet.Testing;

/// <summary>Loads configuration from text, and has the parts of the text that do not matter to a test.</summary>
internal static class Yaml
{
    /// <summary>Lines 1 to 8: valid, with the required keys only.</summary>
    public const string Minimal = """
        domain: fleet.example.com
        prune_timeout: 30m
        fleets:
          alpha:
            ip6: fd00:a0a8:34d:a0::1
            subnet: fd00:a0a8:34d:a0::/64
            external_ip: 203.0.113.7
            port: 51820

        """;

    /// <summary>Another fleet than the one of <see cref="Minimal"/>: five lines that can be appended to it.</summary>
    public const string Beta = """
          beta:
            ip6: fd00:a0a8:34d:b0::1
            subnet: fd00:a0a8:34d:b0::/64
            external_ip: 203.0.113.7
            port: 51821

        """;

    public static ConfigResult Load(string text, string? pruneInterval = null) => Load(System.Text.Encoding.UTF8.GetBytes(text), pruneInterval);

    public static ConfigResult Load(byte[] bytes, string? pruneInterval = null) =>
        Load(bytes, pruneInterval is null ? [] : new() { ["WG_FLEET_PRUNE_INTERVAL"] = pruneInterval });

    /// <summary>Reads a configuration with environment variables.</summary>
    public static ConfigResult Load(byte[] bytes, Dictionary<string, string> environment)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            return ConfigFile.Load(path, environment);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A valid configuration without warnings.</summary>
    public static ServerConfig Valid(string text)
    {
        var result = Load(text);
        Lines(result.Problems).ShouldBe("");
        Lines(result.Warnings).ShouldBe("");
        return result.Config.ShouldNotBeNull();
    }

    /// <summary>All problems as they print, with FILE for the file.</summary>
    public static string Problems(string text, string? pruneInterval = null)
    {
        var result = Load(text, pruneInterval);
        result.IsValid.ShouldBe(result.Problems.Count == 0);
        return Lines(result.Problems);
    }

    /// <summary>All warnings as they print, of a valid configuration.</summary>
    public static string Warnings(string text)
    {
        var result = Load(text);
        Lines(result.Problems).ShouldBe("");
        return Lines(result.Warnings);
    }

    public static string Lines(IEnumerable<Problem> found) =>
        string.Join('\n', found.Select(p => (p.File is null ? p : p with { File = "FILE" }).ToString()));

    /// <summary><see cref="Minimal"/> with one of its lines, counted from 1, replaced.</summary>
    public static string Replaced(int line, string by)
    {
        var lines = Minimal.Split('\n');
        lines[line - 1] = by;
        return string.Join('\n', lines);
    }
}
