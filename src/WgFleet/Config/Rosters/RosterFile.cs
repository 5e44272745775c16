using WgFleet.Config.Yaml;

namespace WgFleet.Config.Rosters;

/// <summary>Reads a roster: a CSV file with a header, and a line for each seat.</summary>
internal static class RosterFile
{
    private const int MostMebibytes = 4;
    private const int MostSeats = 20_000;
    private const int MostErrors = 20;

    /// <summary>The roster; null if there are errors. Blocks for the disk.</summary>
    public static Roster? Read(string path, Diagnostics findings)
    {
        var own = new Diagnostics(path);
        var seats = TextFile.Read(path, MostMebibytes, "correct the key roster", own) is { } text ? Seats([.. CsvFile.Lines(text, own)], own) : [];
        findings.Include(own, MostErrors);
        return own.Errors.Count == 0 ? new Roster(path, seats) : null;
    }

    private static IReadOnlyList<Seat> Seats(List<CsvLine> lines, Diagnostics findings)
    {
        if (lines is not [var header, .. var rows])
        {
            findings.Unreadable($"is empty, begin with a header such as {RosterColumns.Example}");
            return [];
        }

        if (RosterColumns.Read(header, findings) is not { } columns)
            return [];

        if (rows.Count > MostSeats)
            findings.Unreadable($"has {rows.Count:N0} seats, at most {MostSeats:N0} are allowed");
        else if (rows.Count == 0)
            findings.Unreadable("has no seat, write a line for each below the header");

        var reader = new SeatReader(columns, findings);
        return [.. rows.Take(MostSeats).Select(reader.Read).OfType<Seat>()];
    }
}
