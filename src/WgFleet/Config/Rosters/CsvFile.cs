using System.Text;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Rosters;

/// <summary>One line of a CSV file: its number, and its fields without quotes and without blanks around them.</summary>
internal readonly record struct CsvLine(int Number, IReadOnlyList<string> Fields);

/// <summary>
/// Reads CSV as spreadsheets write it (RFC 4180): separated by commas, semicolons or tabs, with quotes where a field needs them. Empty lines and
/// lines that begin with # are skipped. A field does not go over several lines.
/// </summary>
internal static class CsvFile
{
    /// <summary>The lines, the header first; those with errors are left out.</summary>
    public static IEnumerable<CsvLine> Lines(string text, Diagnostics findings)
    {
        char? separator = null;
        foreach (var (index, line) in text.Split('\n').Index())
        {
            var content = line.TrimEnd('\r');
            if (string.IsNullOrWhiteSpace(content) || content.StartsWith('#'))
                continue;

            separator ??= SeparatorOf(content);
            if (Fields(content, separator.Value) is not { } fields)
                findings.Problem(index + 1, "", "a quote is not closed on this line, write \"\" for a quote in a quoted field");
            else if (fields.Exists(f => f.Length > 0))
                yield return new CsvLine(index + 1, fields);
        }
    }

    // Spreadsheets write semicolons where the comma is in decimal numbers.
    private static char SeparatorOf(string header) => header.Contains(',') ? ',' : header.Contains(';') ? ';' : header.Contains('\t') ? '\t' : ',';

    private static List<string>? Fields(string line, char separator)
    {
        var (fields, field, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
                field.Append(line[++i]);
            else if (line[i] == '"')
                quoted = !quoted;
            else if (line[i] == separator && !quoted)
                Add();
            else
                field.Append(line[i]);
        }

        Add();
        return quoted ? null : fields;

        void Add()
        {
            fields.Add(field.ToString().Trim());
            field.Clear();
        }
    }
}
