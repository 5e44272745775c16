using System.Globalization;
using System.Text;

namespace WgFleet.Hooks.Projections;

/// <summary>The difference of two texts as <c>diff -u</c> prints it and <c>patch</c> takes it.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>Beyond it, what lies between the first and the last difference counts as replaced as a whole.</summary>
    private const long MostCells = 4_000_000;

    /// <summary>Empty if the texts are the same.</summary>
    public static string Of(string path, string before, string after)
    {
        if (before == after)
            return "";

        var edits = Edits(Lines(before), Lines(after));
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"--- {path}\n+++ {path} (as it would be)\n");
        for (var at = 0; Next(edits, at) is { } first;)
        {
            // A hunk goes on while the next change is near enough for the contexts to touch.
            var last = first;
            while (Next(edits, last + 1) is { } next && next - last <= 2 * Context)
                last = next;

            at = Math.Min(last + Context + 1, edits.Count);
            Hunk(text, edits, Math.Max(first - Context, 0), at);
        }

        return text.ToString();
    }

    private static int? Next(List<Edit> edits, int from)
    {
        var found = from < edits.Count ? edits.FindIndex(from, e => e.Kind != ' ') : -1;
        return found < 0 ? null : found;
    }

    private static void Hunk(StringBuilder text, List<Edit> edits, int from, int to)
    {
        var (before, after) = (edits.Take(from).Count(e => e.Kind != '+'), edits.Take(from).Count(e => e.Kind != '-'));
        var part = edits.GetRange(from, to - from);
        var (removed, added) = (part.Count(e => e.Kind != '+'), part.Count(e => e.Kind != '-'));
        text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(before, removed)} +{Range(after, added)} @@\n");
        foreach (var (kind, line) in part)
            text.Append(kind).Append(line.EndsWith('\n') ? line : $"{line}\n\\ No newline at end of file\n");
    }

    // Of an empty range diff gives the line before it.
    private static string Range(int before, int count) => string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? before : before + 1)},{count}");

    private static List<Edit> Edits(List<string> before, List<string> after)
    {
        var head = 0;
        while (head < before.Count && head < after.Count && before[head] == after[head])
            head++;

        var tail = 0;
        while (tail < before.Count - head && tail < after.Count - head && before[^(tail + 1)] == after[^(tail + 1)])
            tail++;

        return
        [
            .. before.Take(head).Select(l => new Edit(' ', l)),
            .. Middle(before[head..^tail], after[head..^tail]),
            .. before.TakeLast(tail).Select(l => new Edit(' ', l)),
        ];
    }

    /// <summary>By the longest common subsequence.</summary>
    private static List<Edit> Middle(List<string> before, List<string> after)
    {
        if ((before.Count + 1L) * (after.Count + 1L) > MostCells)
            return [.. before.Select(l => new Edit('-', l)), .. after.Select(l => new Edit('+', l))];

        var common = new int[before.Count + 1, after.Count + 1];
        for (var i = before.Count - 1; i >= 0; i--)
        {
            for (var j = after.Count - 1; j >= 0; j--)
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        var edits = new List<Edit>();
        var (x, y) = (0, 0);
        while (x < before.Count || y < after.Count)
        {
            if (x < before.Count && y < after.Count && before[x] == after[y])
                (edits, x, y) = (With(edits, ' ', before[x]), x + 1, y + 1);
            else if (y == after.Count || (x < before.Count && common[x + 1, y] >= common[x, y + 1]))
                (edits, x) = (With(edits, '-', before[x]), x + 1);
            else
                (edits, y) = (With(edits, '+', after[y]), y + 1);
        }

        return edits;
    }

    private static List<Edit> With(List<Edit> edits, char kind, string line)
    {
        edits.Add(new Edit(kind, line));
        return edits;
    }

    /// <summary>With their ends, so that a last line without one differs from one with it.</summary>
    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is var found and >= 0 ? found + 1 : text.Length;
            lines.Add(text[at..end]);
            at = end;
        }

        return lines;
    }

    private readonly record struct Edit(char Kind, string Line);
}
