using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WgFleet.WireGuard.Netlink;

/// <summary>Walks over the attributes of a message, or over those nested in an attribute.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    public int Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Moves to the next attribute; false after the last one.</summary>
    /// <exception cref="FormatException">The bytes that follow are not an attribute.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;

        if (_rest.Length < NetlinkConstants.AttributeHeaderLength)
            throw new FormatException("an attribute without a header");

        var length = MemoryMarshal.Read<ushort>(_rest);
        if (length < NetlinkConstants.AttributeHeaderLength || length > _rest.Length)
            throw new FormatException("an attribute longer than its message");

        Type = MemoryMarshal.Read<ushort>(_rest[2..]) & NetlinkConstants.AttributeTypeMask;
        Value = _rest[NetlinkConstants.AttributeHeaderLength..length];
        _rest = _rest[Math.Min(NetlinkConstants.Align(length), _rest.Length)..];
        return true;
    }

    /// <summary>Reads the value as a number in the machine's byte order.</summary>
    /// <exception cref="FormatException">The value has another length.</exception>
    public readonly T Number<T>()
        where T : unmanaged =>
        Value.Length == Unsafe.SizeOf<T>() ? MemoryMarshal.Read<T>(Value) : throw new FormatException("a number of the wrong size");

    /// <summary>Reads the value as text that ends with a zero byte.</summary>
    public readonly string Text() => System.Text.Encoding.UTF8.GetString(Value.TrimEnd((byte)0));
}
