using System.Text.RegularExpressions;

namespace WgFleet.Config;

/// <summary>Checks DNS names.</summary>
internal static partial class DnsName
{
    /// <summary>
    /// Labels of letters, digits, - and _ joined by dots, without one at the end. The last is not all digits: 10.0.0.300
    /// is a mistyped address (RFC 3696 section 2).
    /// </summary>
    public static bool IsValid(string text) => text.Length <= 253 && Format().IsMatch(text);

    /// <summary>One label in lower case: the name of a machine, which may be all digits.</summary>
    public static bool IsLabel(string text) => Label().IsMatch(text);

    [GeneratedRegex(@"\A(?!-)[a-z0-9_-]{1,63}(?<!-)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"\A(?:(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\.)*(?!-)(?![0-9]+\z)[A-Za-z0-9_-]{1,63}(?<!-)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Format();
}
