using WgFleet.Config.Yaml;

namespace WgFleet.Config.Rosters;

/// <summary>Reads a roster: a CSV file with a header, and a line for each seat.</summary>
internal static class RosterFile
{
    /// <summary>The largest size, in MiB.</summary>
    public const int MostMebibytes = 4;

    private const int MostSeats = 20_000;
    private const int MostErrors = 20;

    /// <summary>The roster of a file; null if there are errors. Blocks for the disk.</summary>
    public static Roster? Read(string path, Diagnostics findings) =>
        Of(path, own => TextFile.Read(path, MostMebibytes, "correct the key roster", own), findings);

    /// <summary>The roster that somebody sends; null if there are errors.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="findings">Gets the errors.</param>
    public static Roster? Read(string name, ReadOnlyMemory<byte> bytes, Diagnostics findings) => Of(name, own => TextFile.Decode(bytes.Span, own), findings);

    private static Roster? Of(string name, Func<Diagnostics, string?> read, Diagnostics findings)
    {
        var own = new Diagnostics(name);
        var text = read(own);
        var seats = text is null ? [] : Seats([.. CsvFile.Lines(text, own)], own);
        findings.Include(own, MostErrors);
        return own.Errors.Count == 0 ? new Roster(name, seats) { Text = text! } : null;
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
