using System.Text.RegularExpressions;

namespace WgFleet.Config;

/// <summary>A rate limit: a number of requests per second, minute or hour, which may come in one burst.</summary>
/// <param name="Count">How many.</param>
/// <param name="Period">In how long.</param>
internal readonly partial record struct Rate(int Count, TimeSpan Period)
{
    /// <summary>Reads 20/s, 600/m or 1000/h, up to a million.</summary>
    public static bool TryParse(string text, out Rate rate)
    {
        rate = default;
        var match = Format().Match(text);
        if (!match.Success)
            return false;

        var count = int.Parse(match.Groups[1].ValueSpan);
        rate = new Rate(count, match.Groups[2].Value switch { "s" => TimeSpan.FromSeconds(1), "m" => TimeSpan.FromMinutes(1), _ => TimeSpan.FromHours(1) });
        return count <= 1_000_000;
    }

    public override string ToString() =>
        $"{Count}/{(Period.TotalHours >= 1 ? "h" : Period.TotalMinutes >= 1 ? "m" : "s")}";

    [GeneratedRegex(@"\A([1-9][0-9]{0,6})/([smh])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Format();
}
