namespace WgFleet.Cli.Output;

/// <summary>
/// CSV as RFC 4180 has it: lines end with CR LF, values with a comma or a quote are in quotes. Control characters become spaces, as in tables. What a
/// spreadsheet might take for a formula stays as it is.
/// </summary>
internal static class Csv
{
    public static string Line(IEnumerable<string> values) => string.Join(',', values.Select(Quoted)) + "\r\n";

    private static string Quoted(string value)
    {
        var plain = Table.Plain(value);
        return plain.AsSpan().ContainsAny(",\"") || plain.StartsWith(' ') ? $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : plain;
    }
}
