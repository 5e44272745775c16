using System.Text;
using System.Text.RegularExpressions;
using WgFleet.Hosting;

namespace WgFleet.Config.Yaml;

/// <summary>A single value: its text, and what YAML 1.2's core schema takes it for.</summary>
internal sealed partial class YamlScalar(int line, string text, bool plain) : YamlNode(line)
{
    private const int LongestShown = 60;

    public string Text { get; } = text;

    /// <summary>Not quoted: it may be a number, true, false or null.</summary>
    public bool Plain { get; } = plain;

    public override bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public bool IsNumber => Plain && Number().IsMatch(Text);

    /// <summary>True or false; null if it is neither.</summary>
    public bool? Boolean => !Plain ? null : Text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    /// <summary>Neither a number, nor true or false, nor nothing.</summary>
    public bool IsText => !IsNull && !IsNumber && Boolean is null;

    public override string Shown => IsText ? Quote(Text) : Text.Length == 0 ? "nothing" : Clean(Text);

    /// <summary>Text of the file in quotes, fit for one line of a terminal.</summary>
    public static string Quote(string text) => $"'{Clean(text)}'";

    /// <summary>Text of the file, cut short and without control characters, fit for one line of a terminal.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, LongestShown)))
        {
            if (c == '\n')
                clean.Append("\\n");
            else if (PlainText.IsHidden(c) || char.IsSurrogate(c))
                clean.Append($"\\u{(int)c:x4}");
            else
                clean.Append(c);
        }

        return text.Length <= LongestShown ? clean.ToString() : clean.Append('…').ToString();
    }

    // Core schema 10.3.2, and underscores as YAML 1.1 has them.
    [GeneratedRegex(@"\A(?:0o[0-7]+|0x[0-9a-fA-F_]+|[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
