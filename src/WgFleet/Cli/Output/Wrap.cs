using System.Text;

namespace WgFleet.Cli.Output;

/// <summary>Breaks sentences into lines that a terminal shows whole.</summary>
internal static class Wrap
{
    /// <summary>The columns that every terminal has.</summary>
    public const int Width = 80;

    /// <summary>The lines, broken at spaces. A word that is longer than a line has a line of its own.</summary>
    public static IEnumerable<string> Lines(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        if (line.Length > 0)
            yield return line.ToString();
    }
}
