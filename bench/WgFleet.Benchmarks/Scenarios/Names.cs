using System.Globalization;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Hostnames that clients have or request.</summary>
internal static class Names
{
    /// <summary>A name of its own for each.</summary>
    public static string Web(int number) => string.Create(CultureInfo.InvariantCulture, $"web-{number:00000}");

    /// <summary>Names that copies of a machine ask for: every second client asks for its own name, all others for the same one.</summary>
    public static string HalfClash(int number) => number % 2 == 0 ? "clone" : string.Create(CultureInfo.InvariantCulture, $"own-{number:00000}");

    /// <summary>Whether <paramref name="name"/> is what one can get who asked for <paramref name="asked"/>.</summary>
    public static bool Fits(string name, string asked) => name == asked || name.StartsWith(asked + "--", StringComparison.Ordinal);
}
