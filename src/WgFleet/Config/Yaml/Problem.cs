using System.Text;

namespace WgFleet.Config.Yaml;

/// <summary>An error or a warning about the configuration, which prints as one line.</summary>
/// <param name="File">The file, or the environment variable that sets the key; null if it is about neither.</param>
/// <param name="Line">The line, from 1; null if it is about the file as a whole.</param>
/// <param name="Column">The column, from 1; known for YAML that cannot be read.</param>
/// <param name="Key">The key, such as fleets.alpha.port; null if it is about no single key.</param>
/// <param name="Text">What is wrong and what is allowed.</param>
internal sealed record Problem(string? File, int? Line, int? Column, string? Key, string Text)
{
    /// <summary><c>FILE:LINE:COLUMN: KEY: text</c>, without the parts that are not known.</summary>
    public override string ToString()
    {
        var line = new StringBuilder();
        if (File is not null)
        {
            line.Append(File);
            if (Line is not null)
                line.Append(':').Append(Line);
            if (Column is not null)
                line.Append(':').Append(Column);
            line.Append(": ");
        }

        if (Key is not null)
            line.Append(Key).Append(": ");

        return line.Append(Text).ToString();
    }
}
