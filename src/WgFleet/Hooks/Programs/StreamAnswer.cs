using System.Text;
using System.Text.Json;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Programs;

/// <summary>An answer of a running program, see docs/stream.md.</summary>
/// <param name="Id">The id of the line that it answers.</param>
/// <param name="Ok">Whether the program has succeeded.</param>
internal sealed record StreamAnswer(string Id, bool Ok)
{
    /// <summary>The longest wait that a program can ask for.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    private const int LongestShown = 80;

    /// <summary>The program's reason for a failure; null if it gives none.</summary>
    public string? Error { get; init; }

    /// <summary>The program asks to wait so long before it gets the event again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The program asks never to get the event again.</summary>
    public bool Permanent { get; init; }

    /// <summary>The version of the protocol that the program uses, in its answer to the hello; null if it names none.</summary>
    public int? Protocol { get; init; }

    /// <summary>Reads a line; null if it is not an answer.</summary>
    /// <param name="line">The line without its line break.</param>
    /// <param name="problem">What is wrong with it, in a few words; null if nothing is wrong.</param>
    public static StreamAnswer? Read(ReadOnlySpan<byte> line, out string? problem)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            problem = null;
            return json.Read() && json.TokenType == JsonTokenType.StartObject ? Read(ref json, out problem) : NoObject(line, out problem);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // An InvalidOperationException: text that is not UTF-8, or half of a surrogate pair.
            return NoObject(line, out problem);
        }
    }

    /// <summary>A line, or its beginning, made safe to be shown in one line.</summary>
    public static string Shown(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line[..Math.Min(line.Length, 4 * LongestShown)]);
        var shown = new StringBuilder();
        foreach (var c in text.Length > LongestShown ? text.AsSpan(0, LongestShown) : text)
            shown.Append(PlainText.IsHidden(c) ? '\uFFFD' : c);

        return text.Length > LongestShown || line.Length > 4 * LongestShown ? $"{shown}…" : shown.ToString();
    }

    private static StreamAnswer? Read(ref Utf8JsonReader json, out string? problem)
    {
        (string? id, bool? ok, string? error, double? after, bool permanent, int? protocol) = (null, null, null, null, false, null);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name, json.TokenType)
            {
                case ("id", JsonTokenType.String): id = json.GetString(); break;
                case ("ok", JsonTokenType.True or JsonTokenType.False): ok = json.GetBoolean(); break;
                case ("error", JsonTokenType.String): error = json.GetString(); break;
                case ("retry_after", JsonTokenType.Number): after = json.GetDouble(); break;
                case ("permanent", JsonTokenType.True or JsonTokenType.False): permanent = json.GetBoolean(); break;
                case ("protocol", JsonTokenType.Number): protocol = json.TryGetInt32(out var version) ? version : -1; break;
                case ("error" or "retry_after" or "permanent" or "protocol", JsonTokenType.Null): break;
                case ("id" or "ok" or "error" or "retry_after" or "permanent" or "protocol", _):
                    problem = $"{name} is of the wrong type";
                    return null;
                default: json.Skip(); break;
            }
        }

        // Nothing may follow the object; only another read shows that.
        problem = json.Read() ? "something follows the answer" : id is null ? "it has no id" : ok is null ? "it has no ok" : null;
        return problem is not null ? null : new StreamAnswer(id!, ok!.Value) { Error = error, RetryAfter = Wait(after), Permanent = permanent, Protocol = protocol };
    }

    private static TimeSpan? Wait(double? seconds) => seconds switch
    {
        null => null,
        >= 0 and var asked when asked < LongestRetryAfter.TotalSeconds => TimeSpan.FromSeconds(asked),
        < 0 => TimeSpan.Zero,
        _ => LongestRetryAfter,
    };

    private static StreamAnswer? NoObject(ReadOnlySpan<byte> line, out string? problem)
    {
        problem = line.IsEmpty ? "it is empty" : "it is not a JSON object";
        return null;
    }
}
