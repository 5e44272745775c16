using System.Text;

namespace WgFleet.Tunnels;

/// <summary>A file in the format of wg-quick(8). A change keeps all other bytes: order, spelling, comments, line endings.</summary>
internal sealed class WgQuickFile
{
    public const string InterfaceHeading = "[Interface]";

    private readonly List<WgQuickLine> _lines = [];

    private WgQuickFile()
    {
    }

    public IReadOnlyList<WgQuickLine> Lines => _lines;

    /// <summary>Reads a file. Accepts any bytes.</summary>
    public static WgQuickFile Parse(ReadOnlySpan<byte> bytes)
    {
        // One character for each byte, so that bytes that are not text are kept.
        var text = Encoding.Latin1.GetString(bytes);
        var file = new WgQuickFile();
        var section = "";
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            var next = end < 0 ? text.Length : end + 1;
            var line = WgQuickLine.Parse(file._lines.Count + 1, text[start..next], section);
            section = line.Section;
            file._lines.Add(line);
            start = next;
        }

        return file;
    }

    public byte[] ToBytes() => Encoding.Latin1.GetBytes(string.Concat(_lines.Select(line => line.Text)));

    /// <summary>The lines that set a key of the interface, in order.</summary>
    public IEnumerable<WgQuickLine> All(string key) => _lines.Where(line => line.Sets(key));

    /// <summary>The line that is valid for a key with one value: the last one, as for wg-quick and wg.</summary>
    public WgQuickLine? Last(string key) => _lines.FindLast(line => line.Sets(key));

    /// <summary>Sets the value of a key, in the line that is valid or in a new line below the heading.</summary>
    public void Set(string key, string value)
    {
        if (Last(key) is { } line)
            Replace(line, 0, line.Value!.Length, value);
        else
            Insert(key, value);
    }

    /// <summary>Replaces a part of a line's value.</summary>
    public void Replace(WgQuickLine line, int at, int length, string replacement) =>
        _lines[_lines.IndexOf(line)] = line.Replace(at, length, replacement);

    /// <summary>Removes a line.</summary>
    public void Remove(WgQuickLine line) => _lines.Remove(line);

    /// <summary>Adds a line below the last one that sets another key, or with null or without one, below the heading of the interface.</summary>
    public void Insert(string key, string value, string? below = null)
    {
        var heading = below is null ? -1 : _lines.FindLastIndex(line => line.Sets(below));
        if (heading < 0)
            heading = _lines.FindIndex(line => line.IsHeading && line.IsInInterface);

        var above = _lines[heading];
        var newLine = above.Text.EndsWith("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        if (!above.Text.EndsWith('\n'))
            _lines[heading] = above with { Text = above.Text + newLine };

        _lines.Insert(heading + 1, WgQuickLine.Parse(heading + 2, $"{key} = {value}{newLine}", above.Section));
    }
}
