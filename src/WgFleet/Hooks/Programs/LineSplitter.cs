namespace WgFleet.Hooks.Programs;

/// <summary>Splits a program's output into lines, in a fixed amount of memory. Not safe for concurrent use.</summary>
/// <param name="longest">The maximum number of bytes in a line. A longer one is skipped and reported once.</param>
/// <param name="onLine">Gets each line without its line break.</param>
/// <param name="onTooLong">Gets the beginning of a line that is too long.</param>
internal sealed class LineSplitter(int longest, Action<ReadOnlySpan<byte>> onLine, Action<ReadOnlySpan<byte>> onTooLong)
{
    private readonly byte[] _partial = new byte[longest];
    private int _length;
    private bool _skips;

    /// <summary>Adds output of the program.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            Finish(bytes[..end]);
            bytes = bytes[(end + 1)..];
        }

        Keep(bytes);
    }

    private void Finish(ReadOnlySpan<byte> rest)
    {
        if (_length == 0 && !_skips && rest.Length <= longest)
        {
            // Most lines arrive complete and need not be copied.
            onLine(WithoutReturn(rest));
            return;
        }

        Keep(rest);
        if (!_skips)
            onLine(WithoutReturn(_partial.AsSpan(0, _length)));

        (_length, _skips) = (0, false);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_skips)
            return;

        var kept = Math.Min(bytes.Length, longest - _length);
        bytes[..kept].CopyTo(_partial.AsSpan(_length));
        _length += kept;
        if (kept == bytes.Length)
            return;

        onTooLong(_partial.AsSpan(0, _length));
        _skips = true;
    }

    private static ReadOnlySpan<byte> WithoutReturn(ReadOnlySpan<byte> line) => line is [.. var text, (byte)'\r'] ? text : line;
}
