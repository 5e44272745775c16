using System.Globalization;
using WgFleet.Config.Yaml;
using WgFleet.WireGuard;

namespace WgFleet.Config.Rosters;

/// <summary>Reads the seats of a roster, line by line, and remembers which values earlier lines have.</summary>
/// <param name="columns">The columns, in the order of the file.</param>
/// <param name="findings">Gets the errors.</param>
internal sealed class SeatReader(List<string> columns, Diagnostics findings)
{
    private const int MaxLength = 100;
    private const int MaxPlace = 1000;

    // The line of each value that no two seats may have in common.
    private readonly Dictionary<(string Column, string Value), int> _taken = [];

    /// <summary>The seat of a line; null after adding an error.</summary>
    public Seat? Read(CsvLine line)
    {
        if (line.Fields.Skip(columns.Count).Any(f => f.Length > 0))
        {
            findings.Problem(line.Number, "", $"has {line.Fields.Count} fields, but the header has {columns.Count}: put a field that contains a separator in quotes");
            return null;
        }

        if (Text(line, RosterColumns.Seat) is not { } name)
        {
            findings.Problem(line.Number, RosterColumns.Seat, $"has no value, use 1 to {MaxLength} characters");
            return null;
        }

        if (RosterColumns.Identifying.All(c => Field(line, c) is null))
        {
            findings.Problem(line.Number, "", $"nothing says which machine belongs on seat {name}, fill in {Sentence.Or([.. RosterColumns.Identifying.Where(columns.Contains)])}");
            return null;
        }

        var seat = new Seat(name, Hostname(line, name))
        {
            Key = Key(line),
            Serial = Text(line, RosterColumns.Serial),
            Card = Card(line),
            SwitchPort = Text(line, RosterColumns.SwitchPort),
            Image = Text(line, RosterColumns.Image),
            Place = Place(line),
        };
        return IsAlone(line, seat) ? seat : null;
    }

    private string? Field(CsvLine line, string column)
    {
        var at = columns.IndexOf(column);
        return at >= 0 && at < line.Fields.Count && line.Fields[at].Length > 0 ? line.Fields[at] : null;
    }

    private string? Text(CsvLine line, string column)
    {
        if (Field(line, column) is not { Length: > MaxLength } text)
            return Field(line, column);

        findings.Problem(line.Number, column, $"{YamlScalar.Quote(text)} is too long, use at most {MaxLength} characters");
        return text[..MaxLength];
    }

    private string Hostname(CsvLine line, string seat)
    {
        var (given, name) = (Field(line, RosterColumns.Hostname), (Field(line, RosterColumns.Hostname) ?? seat).ToLowerInvariant());
        if (!DnsName.IsLabel(name))
        {
            findings.Problem(line.Number, given is null ? RosterColumns.Seat : RosterColumns.Hostname, given is null
                ? $"{YamlScalar.Quote(seat)} cannot be its machine's name in DNS, give the name in a column 'hostname'"
                : $"{YamlScalar.Quote(given)} cannot be a name in DNS, use 1 to 63 of a-z, 0-9, - and _, without - at either end");
        }

        return name;
    }

    private WireGuardKey? Key(CsvLine line)
    {
        if (Field(line, RosterColumns.Key) is not { } text)
            return null;

        if (WireGuardKey.TryParse(text, out var key) && key != default)
            return key;

        findings.Problem(line.Number, RosterColumns.Key, $"{YamlScalar.Quote(text)} is not a public key, use 44 characters of base64 as 'wg pubkey' prints them");
        return null;
    }

    private string? Card(CsvLine line)
    {
        if (Field(line, RosterColumns.Card) is not { } text)
            return null;

        if (CardAddress.TryParse(text, out var address))
            return address;

        findings.Problem(line.Number, RosterColumns.Card, $"{YamlScalar.Quote(text)} is not the address of a network card, use one such as 52:54:00:12:34:56");
        return null;
    }

    private (int Row, int Column)? Place(CsvLine line)
    {
        if (Field(line, RosterColumns.Row) is null && Field(line, RosterColumns.Column) is null)
            return null;

        return (Number(RosterColumns.Row), Number(RosterColumns.Column));

        int Number(string column)
        {
            var text = Field(line, column) ?? "";
            if (text is [>= 'A' and <= 'Z'] or [>= 'a' and <= 'z'])
                return char.ToUpperInvariant(text[0]) - 'A' + 1;

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MaxPlace)
                return number;

            var wrong = text.Length == 0 ? "has no value" : $"{YamlScalar.Quote(text)} is not a place";
            findings.Problem(line.Number, column, $"{wrong}, use 1 to {MaxPlace} or a letter");
            return 0;
        }
    }

    /// <summary>Whether no earlier seat has one of its values; adds an error for each that one has.</summary>
    private bool IsAlone(CsvLine line, Seat seat)
    {
        var isAlone = true;
        Take(RosterColumns.Seat, seat.Name, "each seat stands once");
        Take(RosterColumns.Hostname, seat.Hostname, "give each seat another name");
        Take(RosterColumns.Key, seat.Key?.ToString(), "each machine has one seat");
        Take(RosterColumns.Serial, seat.Serial, "leave it empty where boards have no number of their own");
        Take(RosterColumns.Card, seat.Card, "each machine has one seat");
        Take(RosterColumns.SwitchPort, seat.SwitchPort, "each port leads to one seat");
        Take(RosterColumns.Row, seat.Place is var (row, column) && row > 0 && column > 0 ? $"{row}, {column}" : null, "each seat has another place");
        return isAlone;

        void Take(string name, string? value, string remedy)
        {
            if (value is null)
                return;

            // A key is base64, where the case counts.
            var same = (name, name == RosterColumns.Key ? value : value.ToUpperInvariant());
            if (_taken.TryAdd(same, line.Number))
                return;

            // A seat that stands twice has the same name twice as well.
            if (isAlone || name != RosterColumns.Hostname)
                findings.Problem(line.Number, name, $"{YamlScalar.Quote(value)} is on line {_taken[same]} already, {remedy}");

            isAlone = false;
        }
    }
}
