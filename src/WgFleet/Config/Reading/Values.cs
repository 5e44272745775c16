using System.Globalization;
using System.Text.RegularExpressions;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>The plain kinds of value in wg-fleet.yaml; addresses are in <see cref="AddressValues"/>.</summary>
internal static partial class Values
{
    /// <summary>Stands where a file is named for what operators set by the API, the command line and the page.</summary>
    public const string Api = "api";

    /// <summary>A TCP or UDP port: decimal or 0x hexadecimal, underscores allowed, not quoted.</summary>
    public static readonly ValueParser<int> Port = new("use 1 to 65535", ReadPort);

    /// <summary>True or false as YAML 1.2 has them; yes and on are text.</summary>
    public static readonly ValueParser<bool> Boolean = new("use true or false", (YamlScalar scalar, out bool value) =>
    {
        value = scalar.Boolean ?? false;
        return scalar.Boolean is null ? "is neither true nor false" : null;
    });

    /// <summary>A percentage. The sign is required, because a plain 1 is ambiguous.</summary>
    public static readonly ValueParser<int> Percentage = new("use 1% to 100%, such as 50%", (YamlScalar scalar, out int value) =>
    {
        value = 0;
        if (!PercentageFormat().IsMatch(scalar.Text))
            return "is not a percentage";

        value = int.Parse(scalar.Text.AsSpan(0, scalar.Text.Length - 1));
        return value < 1 ? "is too small" : value > 100 ? "is too large" : null;
    });

    /// <summary>The domain below which all names stand.</summary>
    public static readonly ValueParser<string> Domain = new("use one such as fleet.example.com", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return scalar.IsText && DnsName.IsValid(value) ? null : "is not a DNS name";
    });

    /// <summary>A name by which this server is reached, without port.</summary>
    public static readonly ValueParser<string> Host = new("use one such as fleet.example.com, without port", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return scalar.IsText && DnsName.IsValid(value) ? null : "is not a DNS name";
    });

    /// <summary>An absolute path of a file.</summary>
    public static readonly ValueParser<string> File = new("use a file's full path, from /", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return NoFile(value);
    });

    /// <summary>An absolute path of a file, or <see cref="Api"/>.</summary>
    public static readonly ValueParser<string> FileOrApi = new("use a file's full path, from /, or api", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return value == Api ? null : NoFile(value);
    });

    /// <summary>An absolute path of a directory.</summary>
    public static readonly ValueParser<string> Folder = new("use a directory's full path, from /", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return value.StartsWith('/') ? OddPath(value) : "is not an absolute path";
    });

    /// <summary>A hook's name.</summary>
    public static readonly ValueParser<string> HookName = new("use letters a-z, digits, - and _", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return Config.HookName.IsValid(value) ? null : "is not a hook's name";
    });

    /// <summary>Any scalar, as the text that the file has.</summary>
    public static readonly ValueParser<string> Setting = new("use text, a number, true or false", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return null;
    });

    /// <summary>How long one run of a hook may take.</summary>
    public static readonly ValueParser<TimeSpan> RunTime = DurationFrom(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1), "500ms, 10s or 5m");

    /// <summary>A fleet's name, or several by * and ?.</summary>
    public static readonly ValueParser<string> FleetPattern = new("use a fleet's name, with * for any letters of it and quotes if it begins with *",
        (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return FleetPatternFormat().IsMatch(value) ? null : "matches no fleet's name";
    });

    /// <summary>A user of this machine, by name.</summary>
    public static readonly ValueParser<string> User = new("use a user's name, such as nobody", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return UserFormat().IsMatch(value) ? null : "is not a user's name";
    });

    /// <summary>The arguments of a program, as text.</summary>
    public static readonly ListKind<string> Arguments = new(Setting, "use a list of arguments, such as [--quiet]") { MayBeEmpty = true, MayRepeat = true };

    /// <summary>A file with a secret, optionally after file:. Errors do not repeat the value, which may be the secret itself.</summary>
    public static readonly ValueParser<string> SecretFile = new("use the full path, from /, of a file that holds the secret",
        (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text.StartsWith("file:/", StringComparison.Ordinal) ? scalar.Text["file:".Length..] : scalar.Text;
        return NoFile(value);
    })
    {
        Secret = true,
    };

    /// <summary>A duration within bounds; milliseconds only where the least is less than a second.</summary>
    public static ValueParser<TimeSpan> DurationFrom(TimeSpan least, TimeSpan most, string examples)
    {
        return new ValueParser<TimeSpan>($"use {Duration.ToText(least)} to {Duration.ToText(most)}, such as {examples}", Read);

        string? Read(YamlScalar scalar, out TimeSpan value)
        {
            if (!Duration.TryParse(scalar.Text, out value))
                return "is not a duration";

            return value < least ? "is too short" : value > most ? "is too long" : null;
        }
    }

    /// <summary>An integer within bounds, written as a port is.</summary>
    public static ValueParser<int> IntegerFrom(int least, int most)
    {
        return new ValueParser<int>($"use {least} to {most}", Read);

        string? Read(YamlScalar scalar, out int value) =>
            ReadInteger(scalar, out value) ?? (value < least ? "is too small" : value > most ? "is too large" : null);
    }

    /// <summary>One of a few words.</summary>
    /// <param name="what">What each of them is, as in "an event".</param>
    /// <param name="meanings">The words, and what they mean.</param>
    public static ValueParser<T> OneOf<T>(string what, IReadOnlyList<(string Word, T Meaning)> meanings)
    {
        var words = meanings.Select(m => m.Word).ToList();
        return new ValueParser<T>($"use {Sentence.Or(words)}", Read);

        string? Read(YamlScalar scalar, out T value)
        {
            var at = words.IndexOf(scalar.Text);
            value = at < 0 ? default! : meanings[at].Meaning;
            return at >= 0 ? null
                : Suggestion.For(scalar.Text, words) is { } meant ? $"is not {what} (did you mean '{meant}'?)"
                : $"is not {what}";
        }
    }

    /// <summary>One of a few words, which is also the value.</summary>
    public static ValueParser<string> OneOf(string what, IReadOnlyList<string> words) => OneOf(what, [.. words.Select(w => (w, w))]);

    private static string? ReadPort(YamlScalar scalar, out int value) =>
        ReadInteger(scalar, out value) ?? (value is >= 1 and <= 65535 ? null : "is not a port");

    private static string? ReadInteger(YamlScalar scalar, out int value)
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

        // A number that does not fit into an int is out of bounds anyway.
        var parsed = digits.StartsWith("0x", StringComparison.Ordinal)
            ? int.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out value)
            : int.TryParse(digits, NumberStyles.AllowLeadingSign, null, out value);
        if (!parsed)
            value = digits[0] == '-' ? int.MinValue : int.MaxValue;

        return null;
    }

    private static string? NoFile(string path) =>
        !path.StartsWith('/') ? "is not an absolute path" : path.EndsWith('/') ? "is a directory" : OddPath(path);

    private static string? OddPath(string path) => path.Any(char.IsControl) ? "has a control character" : null;

    [GeneratedRegex(@"\A(?:[-+]?[0-9]+|0x[0-9a-fA-F]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex IntegerFormat();

    [GeneratedRegex(@"\A(?:0|[1-9][0-9]{0,3})%\z", RegexOptions.CultureInvariant)]
    private static partial Regex PercentageFormat();

    [GeneratedRegex(@"\A[-+]?0o?[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex OctalFormat();

    [GeneratedRegex(@"\A[-+]?[0-9]+(?::[0-9]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex SexagesimalFormat();

    [GeneratedRegex(@"\A[A-Za-z0-9_*?-]{1,24}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FleetPatternFormat();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserFormat();
}
