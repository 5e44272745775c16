using System.Globalization;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Hosting;

namespace WgFleet.Dashboard.TokenPages;

/// <summary>Reads the form that asks for a new enrollment token.</summary>
internal static class EnrollmentTokenForm
{
    /// <summary>The lifetimes to choose from, the default first. All of them expire, so that a token made with a stolen session expires too.</summary>
    public static readonly IReadOnlyList<string> Lifetimes = ["7d", "1d", "1h", "30d", "90d"];

    /// <exception cref="RefusedException">A field is invalid.</exception>
    public static EnrollmentTerms Read(IFormCollection form, ServerConfig config) => new(Text(form, "name") ?? "")
    {
        Fleets = Fleets(form, config),
        MaxUses = Text(form, "uses") switch
        {
            null => null,
            var text when int.TryParse(text, NumberStyles.None, null, out var uses) => uses,
            _ => throw Invalid("Uses is a number, or empty for any number of uses"),
        },
        Lifetime = Lifetimes.Contains(form["lifetime"].ToString()) ? Span(form["lifetime"].ToString()) : throw Invalid($"the lifetime is one of {string.Join(", ", Lifetimes)}"),
        PruneTimeout = Text(form, "prune_timeout") is { } timeout ? Span(timeout) : null,
        Tags = Tags(Text(form, "tags") ?? ""),
    };

    /// <summary>Tags as people type them, key=value with blanks or commas between them.</summary>
    public static Dictionary<string, string> Tags(string text)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (tag.Split('=', 2) is not [var key, var value] || !tags.TryAdd(key, value))
                throw Invalid($"'{tag}' is not key=value, or its key appears twice");
        }

        return tags;
    }

    /// <summary>The fleets that are ticked; null for all if none is.</summary>
    private static List<string>? Fleets(IFormCollection form, ServerConfig config)
    {
        var ticked = form["fleet"].OfType<string>().Where(f => f.Length > 0).Distinct().ToList();
        return ticked.Find(name => !config.Fleets.Any(f => f.Name == name)) is { } unknown ? throw Invalid($"there is no fleet '{unknown}'") : ticked is [] ? null : ticked;
    }

    private static TimeSpan Span(string text) => Duration.TryParse(text, out var span) ? span : throw Invalid($"'{text}' is not a duration; use 30m, 12h or 7d");

    private static string? Text(IFormCollection form, string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;

    private static RefusedException Invalid(string why) => new(Refusal.Invalid, why);
}
