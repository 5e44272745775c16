using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using WgFleet.Config.Yaml;

namespace WgFleet.Config;

/// <summary>The plain kinds of value in wg-fleet.yaml; addresses are in <see cref="AddressValues"/>.</summary>
internal static partial class Values
{
    /// <summary>A TCP or UDP port: decimal or 0x hexadecimal, underscores allowed, not quoted.</summary>
    public static readonly ValueKind<int> Port = new("use 1 to 65535", ReadPort);

    /// <summary>True or false as YAML 1.2 has them; yes and on are text.</summary>
    public static readonly ValueKind<bool> Boolean = new("use true or false", (YamlScalar scalar, out bool value) =>
    {
        value = scalar.Boolean ?? false;
        return scalar.Boolean is null ? "is neither true nor false" : null;
    });

    /// <summary>The domain below which all names stand.</summary>
    public static readonly ValueKind<string> Domain = new("use one such as fleet.example.com", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return scalar.IsText && DnsName.IsValid(value) ? null : "is not a DNS name";
    });

    /// <summary>A path that does not depend on where the server was started.</summary>
    public static readonly ValueKind<string> File = new("use a file's full path, from /", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return !value.StartsWith('/') ? "is not an absolute path" : value.EndsWith('/') ? "is a folder" : OddPath(value);
    });

    /// <summary>The same for a folder.</summary>
    public static readonly ValueKind<string> Folder = new("use a folder's full path, from /", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return value.StartsWith('/') ? OddPath(value) : "is not an absolute path";
    });

    /// <summary>A hook's name.</summary>
    public static readonly ValueKind<string> HookName = new("use letters a-z, digits, - and _", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return HookNameFormat().IsMatch(value) ? null : "is not a hook's name";
    });

    /// <summary>Any scalar, as the text that the file has.</summary>
    public static readonly ValueKind<string> Setting = new("use text, a number, true or false", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return null;
    });

    /// <summary>A duration within bounds; milliseconds only where the least is less than a second.</summary>
    public static ValueKind<TimeSpan> DurationFrom(TimeSpan least, TimeSpan most, string examples)
    {
        return new ValueKind<TimeSpan>($"use {Duration.ToText(least)} to {Duration.ToText(most)}, such as {examples}", Read);

        string? Read(YamlScalar scalar, out TimeSpan value)
        {
            if (!Duration.TryParse(scalar.Text, out value))
                return "is not a duration";

            return value < least ? "is too short" : value > most ? "is too long" : null;
        }
    }

    private static string? ReadPort(YamlScalar scalar, out int value)
    {
        value = 0;
        if (!scalar.Plain)
            return "is text, not an integer: drop the quotes";

        var digits = scalar.Text.Replace("_", "");
        if (SexagesimalFormat().IsMatch(digits))
            return "is in base 60 to some readers of YAML: write it in decimal";

        if (OctalFormat().IsMatch(digits))
            return "is octal to some readers of YAML: write it in decimal";

        if (!scalar.IsNumber || !IntegerFormat().IsMatch(digits))
            return "is not an integer";

        var parsed = digits.StartsWith("0x", StringComparison.Ordinal)
            ? int.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
        return parsed && value is >= 1 and <= 65535 ? null : "is not a port";
    }

    private static string? OddPath(string path) => path.Any(char.IsControl) ? "has a control character" : null;

    [GeneratedRegex(@"\A(?:[-+]?[0-9]+|0x[0-9a-fA-F]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex IntegerFormat();

    [GeneratedRegex(@"\A[-+]?0o?[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex OctalFormat();

    [GeneratedRegex(@"\A[-+]?[0-9]+(?::[0-9]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex SexagesimalFormat();

    [GeneratedRegex(@"\A[a-z0-9_-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex HookNameFormat();
}
