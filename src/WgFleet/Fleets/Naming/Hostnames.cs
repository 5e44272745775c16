using System.Globalization;
using System.Text.RegularExpressions;

namespace WgFleet.Fleets.Naming;

/// <summary>What a hostname may be, and which one a client gets when the one it asks for is taken: name--2, name--3, and so on.</summary>
internal static partial class Hostnames
{
    /// <summary>A DNS label's limit, RFC 1035 section 2.3.4.</summary>
    public const int MaxLength = 63;

    public static bool IsValid(string name) => Valid().IsMatch(name);

    /// <summary>The name with a number behind it, cut off where it would be longer than a DNS label.</summary>
    public static string WithSuffix(string name, int number)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"--{number}");
        return string.Concat(name.AsSpan(0, Math.Min(name.Length, MaxLength - suffix.Length)), suffix);
    }

    /// <summary>Whether <paramref name="hostname"/> is what a client may have got when it asked for <paramref name="asked"/>.</summary>
    public static bool IsSuffixed(string hostname, string asked) =>
        TrySplit(hostname, out _, out var number) && WithSuffix(asked, number) == hostname;

    /// <summary>Splits name--7 into name and 7; false for a name without a number from 2 on.</summary>
    public static bool TrySplit(string hostname, out string name, out int number)
    {
        var at = hostname.LastIndexOf("--", StringComparison.Ordinal);
        name = at > 0 ? hostname[..at] : "";
        number = 0;
        return at > 0
            && at + 2 < hostname.Length
            && hostname[at + 2] is >= '1' and <= '9'
            && int.TryParse(hostname.AsSpan(at + 2), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number >= 2;
    }

    // \z, not $: with a line break at the end, a client could write lines into the hosts file.
    [GeneratedRegex(@"\A[a-z0-9_-]{1,63}\z")]
    private static partial Regex Valid();
}
