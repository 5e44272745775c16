using WgFleet.Config.Yaml;

namespace WgFleet.Config.Rosters;

/// <summary>The columns of a roster.</summary>
internal static class RosterColumns
{
    public const string Seat = "seat";
    public const string Hostname = "hostname";
    public const string Key = "key";
    public const string Serial = "serial";
    public const string Card = "card";
    public const string SwitchPort = "switch_port";
    public const string Image = "image";
    public const string Row = "row";
    public const string Column = "column";

    public const string Example = "seat,hostname";

    /// <summary>Columns that say which machine belongs on a seat.</summary>
    public static readonly IReadOnlyList<string> Identifying = [Hostname, Key, Serial, Card, SwitchPort];

    private static readonly IReadOnlyList<string> All = [Seat, .. Identifying, Image, Row, Column];

    /// <summary>The names of the columns in the order of the file; null after adding an error.</summary>
    public static List<string>? Read(CsvLine header, Diagnostics findings)
    {
        var names = header.Fields.Select(f => f.ToLowerInvariant().Replace(' ', '_').Replace('-', '_')).ToList();
        while (names is [.., ""])
            names.RemoveAt(names.Count - 1);

        var errors = Wrong(names).ToList();
        foreach (var error in errors)
            findings.Problem(header.Number, "", error);

        return errors.Count == 0 ? names : null;
    }

    private static IEnumerable<string> Wrong(List<string> names)
    {
        foreach (var name in names.Where(n => !All.Contains(n)))
        {
            yield return name.Length == 0 ? $"a column has no name, allowed are {string.Join(", ", All)}"
                : Suggestion.For(name, All) is { } meant ? $"unknown column {YamlScalar.Quote(name)}, did you mean '{meant}'?"
                : $"unknown column {YamlScalar.Quote(name)}, allowed are {string.Join(", ", All)}";
        }

        foreach (var name in names.Where(n => n.Length > 0).GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key))
            yield return $"column {YamlScalar.Quote(name)} stands twice, remove one";

        if (!names.Contains(Seat))
            yield return $"there is no column 'seat', begin with a header such as {Example}";

        if (!names.Exists(n => Identifying.Contains(n)))
            yield return $"no column says which machine belongs on a seat, add {Sentence.Or(Identifying)}";

        if (names.Contains(Row) != names.Contains(Column))
            yield return "a map needs both 'row' and 'column', add the other";
    }
}
