using System.Text;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Programs;

/// <summary>Keeps the end of a program's output in a fixed amount of memory, and passes each line on when it arrives.</summary>
internal sealed class OutputTail(Action<string> onLine)
{
    /// <summary>Bytes kept.</summary>
    public const int Capacity = 4096;

    /// <summary>Maximum bytes of a line that are passed on; the rest is dropped.</summary>
    public const int LongestLine = 1024;

    private const int LongestError = 200;

    private readonly byte[] _tail = new byte[Capacity];
    private readonly byte[] _line = new byte[LongestLine];
    private long _written;
    private int _lineLength;

    /// <summary>How many bytes have been added in all.</summary>
    public long Written => _written;

    /// <summary>The last <see cref="Capacity"/> bytes as text; hidden characters but line breaks and tabs are replaced.</summary>
    public string Text => TextSince(0);

    /// <summary>The last line that is not blank, cut to fit an error message; empty if there is none.</summary>
    public string LastLine
    {
        get
        {
            var last = Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
            return last.Length <= LongestError ? last : last[..LongestError] + "…";
        }
    }

    /// <summary>The last bytes as text, only of those that were added after so many others.</summary>
    public string TextSince(long mark)
    {
        if (mark >= _written)
            return "";

        var end = (int)(_written % Capacity);
        byte[] all = _written <= Capacity ? _tail[..(int)_written] : [.. _tail.AsSpan(end), .. _tail.AsSpan(0, end)];
        var first = _written - all.Length;
        var since = all.AsSpan((int)Math.Max(0, mark - first));

        // The cut may lie inside a character: continuation bytes are 10xxxxxx.
        var start = 0;
        while (first > mark && start < 3 && (since[start] & 0xC0) == 0x80)
            start++;

        return Readable(since[start..]);
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        AddLines(bytes);
        var passed = Math.Max(0, bytes.Length - Capacity);
        _written += passed;
        foreach (var b in bytes[passed..])
            _tail[_written++ % Capacity] = b;
    }

    /// <summary>Passes on the last line when no line break ends it.</summary>
    public void End()
    {
        if (_lineLength > 0)
            PassOn();
    }

    private void AddLines(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            part = part[..Math.Min(part.Length, LongestLine - _lineLength)];
            part.CopyTo(_line.AsSpan(_lineLength));
            _lineLength += part.Length;
            if (end < 0)
                return;

            PassOn();
            bytes = bytes[(end + 1)..];
        }
    }

    private void PassOn()
    {
        onLine(Readable(_line.AsSpan(0, _lineLength)).TrimEnd());
        _lineLength = 0;
    }

    private static string Readable(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).ToCharArray();
        foreach (ref var c in text.AsSpan())
        {
            if (PlainText.IsHidden(c) && c is not ('\n' or '\t' or '\r'))
                c = '\uFFFD';
        }

        return new string(text);
    }
}
