using System.Buffers;
using System.Diagnostics;
using System.Globalization;

namespace WgFleet.WireGuard.Uapi;

/// <summary>A growing buffer from the array pool, for a request that is written or an answer that is read.</summary>
internal sealed class PooledBytes(int capacity) : IDisposable
{
    private byte[] _array = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    /// <summary>The bytes written so far; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _length);

    /// <summary>Gives free space of at least <paramref name="size"/> bytes.</summary>
    public Memory<byte> Free(int size)
    {
        if (_array.Length - _length < size)
            MoveTo(ArrayPool<byte>.Shared.Rent(Math.Max(_length + size, 2 * _array.Length)));

        return _array.AsMemory(_length);
    }

    /// <summary>Marks <paramref name="size"/> bytes of the free space as written.</summary>
    public void Advance(int size) => _length += size;

    /// <summary>Appends bytes unchanged.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free(bytes.Length).Span);
        _length += bytes.Length;
    }

    /// <summary>Appends bytes as lower-case hex digits.</summary>
    public void AppendHex(ReadOnlySpan<byte> bytes)
    {
        var whole = Convert.TryToHexStringLower(bytes, Free(2 * bytes.Length).Span, out var written);
        Debug.Assert(whole);
        _length += written;
    }

    /// <summary>Appends a number, address or network as text, at most 64 bytes.</summary>
    public void Append<T>(T value)
        where T : IUtf8SpanFormattable
    {
        var whole = value.TryFormat(Free(64).Span, out var written, default, CultureInfo.InvariantCulture);
        Debug.Assert(whole);
        _length += written;
    }

    public void Dispose()
    {
        MoveTo([]);
        _length = 0;
    }

    private void MoveTo(byte[] next)
    {
        var used = _array.AsSpan(0, _length);
        if (next.Length > 0)
            used.CopyTo(next);

        // The bytes may hold a private key, which must not stay in the pool.
        used.Clear();
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);

        _array = next;
    }
}
