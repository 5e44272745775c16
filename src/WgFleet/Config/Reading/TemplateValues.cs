using System.Text.RegularExpressions;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>The kinds of value that only <c>template</c> of a hook has.</summary>
internal static partial class TemplateValues
{
    /// <summary>The path of a template, or the name of a shipped one.</summary>
    public static readonly ValueParser<string> Template = new(
        $"use a template's full path, from /, or one of those that are shipped: {Sentence.Or(TemplateConfig.Shipped)}", ReadTemplate);

    /// <summary>Where the file goes; {fleet} stands for each fleet's name.</summary>
    public static readonly ValueParser<string> Path = new("use a file's full path, from /, with {fleet} for one file a fleet",
        (YamlScalar scalar, out string value) =>
        Values.File.Reader(scalar, out value)
            ?? (value.Replace("{fleet}", "").AsSpan().ContainsAny('{', '}') ? "has braces around something other than fleet" : null));

    /// <summary>Permissions in octal. Quoted: to YAML 1.2 a plain 0644 is six hundred and forty-four.</summary>
    public static readonly ValueParser<UnixFileMode> Mode = new("use octal digits in quotes, such as \"0644\"", ReadMode);

    /// <summary>A unit of systemd, with its suffix.</summary>
    public static readonly ValueParser<string> SystemdUnit = new("use one such as dnsmasq.service", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return UnitFormat().IsMatch(value) ? null : "is not a systemd unit";
    });

    /// <summary>A process's name as /proc/PID/comm has it, which holds 15 bytes (proc_pid_comm(5)).</summary>
    public static readonly ValueParser<string> ProcessName = new("use the name that ps -o comm shows, such as dnsmasq", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return value.Length is >= 1 and <= 15 && !value.Any(c => c is '/' or >= (char)0x7f || char.IsControl(c)) ? null
            : "is not a process's name of at most 15 characters";
    });

    private static string? ReadTemplate(YamlScalar scalar, out string value)
    {
        if (scalar.Text.StartsWith('/'))
            return Values.File.Reader(scalar, out value);

        value = scalar.Text;
        return TemplateConfig.Shipped.Contains(value) ? null
            : Suggestion.For(value, TemplateConfig.Shipped) is { } meant ? $"is not a template (did you mean '{meant}'?)"
            : "is not a template";
    }

    private static string? ReadMode(YamlScalar scalar, out UnixFileMode value)
    {
        value = default;
        if (scalar.Plain)
            return "is a number to some readers of YAML";

        if (!ModeFormat().IsMatch(scalar.Text))
            return "is not a mode from 0000 to 0777";

        value = (UnixFileMode)scalar.Text.Aggregate(0, (bits, digit) => (bits << 3) + (digit - '0'));
        return value.HasFlag(UnixFileMode.UserRead) ? null : "does not let its owner read it";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9:_.@\\-]*\.(?:service|socket|target|scope|slice|mount|swap|path|timer)\z", RegexOptions.CultureInvariant)]
    private static partial Regex UnitFormat();

    [GeneratedRegex(@"\A0?[0-7]{3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ModeFormat();
}
