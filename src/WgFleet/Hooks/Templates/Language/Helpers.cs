using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WgFleet.Config;

namespace WgFleet.Hooks.Templates.Language;

/// <summary>The helpers of templates: what {{csv x}} or (lookup a b) does. docs/templates.md lists them.</summary>
internal static class Helpers
{
    private static readonly Dictionary<string, (int Values, string Use, Func<object?[], object?> Run)> Table = new()
    {
        ["csv"] = (1, "one value, as in {{csv hostname}}", v => Csv(v[0])),
        ["json"] = (1, "one value, as in {{json hostname}}", v => Json(v[0])),
        ["entities"] = (1, "one value, as in {{entities text}}", v => Entities(Text(v[0]))),
        ["cut"] = (2, "a value and a number of characters, as in {{cut text 2000}}", v => Cut(Text(v[0]), v[1])),
        ["eq"] = (2, "two values, as in {{#if (eq type \"client.added\")}}", v => Text(v[0]) == Text(v[1])),
        ["later"] = (2, "a time and a duration, as in {{later time \"7d\"}}", v => Later(Text(v[0]), Text(v[1]))),
        ["lookup"] = (2, "a value and a name, as in (lookup settings \"ttl\")", v => Scope.TryMember(v[0], Text(v[1]), out var member) ? member : null),
    };

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether there is a helper of this name.</summary>
    public static bool Has(string name) => Table.ContainsKey(name);

    /// <summary>What is wrong with a call of so many values; null if nothing is.</summary>
    public static string? Problem(string name, int values) =>
        !Table.TryGetValue(name, out var helper) ? $"there is no '{name}' here" : helper.Values != values ? $"{name} takes {helper.Use}" : null;

    /// <summary>Runs a helper.</summary>
    /// <exception cref="FormatException">A value is not what the helper takes.</exception>
    public static object? Run(string name, object?[] values) => Table[name].Run(values);

    /// <summary>A value as it is written to the output.</summary>
    public static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>One field of a CSV file, in quotes if it needs them (RFC 4180).</summary>
    private static string Csv(object? value)
    {
        var field = Text(value);
        return field.AsSpan().ContainsAny("\",\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }

    /// <summary>A value as JSON: text with its quotes, a number, true, false, null, a list or a mapping.</summary>
    private static string Json(object? value)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, Options))
            Write(json, value);

        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int or long or double or decimal:
                json.WriteRawValue(Text(value));
                break;
            case IReadOnlyDictionary<string, object?> members:
                WriteMembers(json, members);
                break;
            case IReadOnlyDictionary<string, string> texts:
                WriteMembers(json, texts.Select(t => KeyValuePair.Create(t.Key, (object?)t.Value)));
                break;
            case System.Collections.IEnumerable items and not string:
                json.WriteStartArray();
                foreach (var item in items)
                    Write(json, item);

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Text(value));
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object?>> members)
    {
        json.WriteStartObject();
        foreach (var (name, member) in members)
        {
            json.WritePropertyName(name);
            Write(json, member);
        }

        json.WriteEndObject();
    }

    private static string Entities(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>The beginning of a text, with … at its end if it was longer. Never half of a character.</summary>
    private static string Cut(string text, object? length)
    {
        if (!int.TryParse(Text(length), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit < 1)
            throw new FormatException($"'{Text(length)}' is not a number of characters");

        if (text.Length <= limit)
            return text;

        var kept = limit - 1;
        return (kept > 0 && char.IsHighSurrogate(text[kept - 1]) ? text[..(kept - 1)] : text[..kept]) + "…";
    }

    private static string Later(string time, string duration)
    {
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var from))
            throw new FormatException($"'{time}' is not a time");

        return Duration.TryParse(duration, out var passed)
            ? (from + passed).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
            : throw new FormatException($"'{duration}' is not a duration, such as 90s, 30m or 7d");
    }
}
