using System.Globalization;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Hosting;

namespace WgFleet.Dashboard;

/// <summary>Reads the form that asks for a token of machines.</summary>
internal static class MachineTokenForm
{
    /// <summary>How long one that is made on a page may be good for, the usual first: what a thief of a session makes ends by itself.</summary>
    public static readonly IReadOnlyList<string> Lifetimes = ["7d", "1d", "1h", "30d", "90d"];

    /// <exception cref="RefusedException">Something of it is not what it should be.</exception>
    public static EnrollmentTerms Read(IFormCollection form, ServerConfig config) => new(Text(form, "name") ?? "")
    {
        Fleet = Text(form, "fleet") is not { } fleet ? null : config.Fleets.Any(f => f.Name == fleet) ? fleet : throw Wrong($"there is no fleet '{fleet}'"),
        MaxUses = Text(form, "uses") switch
        {
            null => null,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var uses) => uses,
            _ => throw Wrong("uses are a number, or nothing for any number"),
        },
        Lifetime = Lifetimes.Contains(form["lifetime"].ToString()) ? Span(form["lifetime"].ToString()) : throw Wrong($"a token that is made here is good for one of {string.Join(", ", Lifetimes)}"),
        PruneTimeout = Text(form, "prune_timeout") is { } timeout ? Span(timeout) : null,
        Tags = Tags(Text(form, "tags") ?? ""),
    };

    private static Dictionary<string, string> Tags(string text)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (tag.Split('=', 2) is not [var key, var value] || !tags.TryAdd(key, value))
                throw Wrong($"'{tag}' is not key=value, or its key is there twice");
        }

        return tags;
    }

    private static TimeSpan Span(string text) => Duration.TryParse(text, out var span) ? span : throw Wrong($"'{text}' is not a duration; use 30m, 12h or 7d");

    private static string? Text(IFormCollection form, string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;

    private static RefusedException Wrong(string why) => new(Refusal.Invalid, why);
}
