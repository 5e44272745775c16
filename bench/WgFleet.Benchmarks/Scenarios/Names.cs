using System.Globalization;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Hostnames that clients have or ask for.</summary>
internal static class Names
{
    /// <summary>A name of its own for each.</summary>
    public static string Web(int number) => string.Create(CultureInfo.InvariantCulture, $"web-{number:00000}");

    /// <summary>As clones ask: every other one has a name of its own, the rest all ask for the same.</summary>
    public static string HalfClash(int number) => number % 2 == 0 ? "clone" : string.Create(CultureInfo.InvariantCulture, $"own-{number:00000}");

    /// <summary>Whether <paramref name="name"/> is what one can get who asked for <paramref name="asked"/>.</summary>
    public static bool Fits(string name, string asked) => name == asked || name.StartsWith(asked + "--", StringComparison.Ordinal);
}
