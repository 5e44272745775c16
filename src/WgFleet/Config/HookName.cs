using System.Text.RegularExpressions;

namespace WgFleet.Config;

/// <summary>The rule for names of hooks: lower-case letters, digits, - and _.</summary>
internal static partial class HookName
{
    public static bool IsValid(string text) => Format().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9_-]+\z")]
    private static partial Regex Format();
}
