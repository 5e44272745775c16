using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Queries.Many;

/// <summary>A pattern of names, such as pc-{n:2}.</summary>
internal static partial class NamePattern
{
    public const string Use = "in a pattern, {n} is a number from 1, {n:3} the same with at least 3 digits, {hostname} the present name, {fleet} the fleet, {tag.room} the tag room";

    /// <summary>The name of a client.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="client">The client.</param>
    /// <param name="number">Its place among those that are renamed, from 1.</param>
    /// <exception cref="RefusedException">The pattern is not one, or gives this client no name that is valid.</exception>
    public static string NameOf(string pattern, RegisteredClient client, int number)
    {
        var name = new StringBuilder();
        var at = 0;
        foreach (Match part in Placeholder().Matches(pattern))
        {
            name.Append(pattern, at, part.Index - at).Append(Value(part.Groups[1].Value, client, number));
            at = part.Index + part.Length;
        }

        name.Append(pattern, at, pattern.Length - at);
        return name.ToString() is var hostname && Hostnames.IsValid(hostname)
            ? hostname
            : throw new RefusedException(Refusal.Invalid, $"the pattern gives {Named(client)} the name '{hostname}', and a name has 1 to 63 of a-z, 0-9, _ and -; no client was renamed");
    }

    private static string Value(string placeholder, RegisteredClient client, int number) => placeholder.Split(':') switch
    {
        ["hostname"] => client.Hostname ?? throw Lacks(client, "name, which {hostname} stands for"),
        ["fleet"] => client.Fleet,
        ["n"] => number.ToString(CultureInfo.InvariantCulture),
        ["n", [>= '1' and <= '9'] digits] => number.ToString($"D{digits}", CultureInfo.InvariantCulture),
        [var tag] when tag.StartsWith("tag.", StringComparison.Ordinal) =>
            client.Tags.GetValueOrDefault(tag[4..])?.ToLowerInvariant() ?? throw Lacks(client, $"tag {tag[4..]}"),
        _ => throw new RefusedException(Refusal.Invalid, $"'{{{placeholder}}}' stands for nothing; {Use}"),
    };

    private static RefusedException Lacks(RegisteredClient client, string what) => new(Refusal.Conflict, $"{Named(client)} has no {what}; no client was renamed");

    private static string Named(RegisteredClient client) => client.Hostname ?? client.Address.ToString();

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Placeholder();
}
