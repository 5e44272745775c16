using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WgFleet.WireGuard.Netlink;

/// <summary>Walks over the attributes of a message, or of an attribute that holds others.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    public int Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next one; false after the last.</summary>
    /// <exception cref="FormatException">What comes is no attribute.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;

        if (_rest.Length < Nl.AttributeHeaderLength)
            throw new FormatException("an attribute without a header");

        var length = MemoryMarshal.Read<ushort>(_rest);
        if (length < Nl.AttributeHeaderLength || length > _rest.Length)
            throw new FormatException("an attribute longer than its message");

        Type = MemoryMarshal.Read<ushort>(_rest[2..]) & Nl.AttributeTypes;
        Value = _rest[Nl.AttributeHeaderLength..length];
        _rest = _rest[Math.Min(Nl.Aligned(length), _rest.Length)..];
        return true;
    }

    /// <summary>The value as a number in the machine's own byte order.</summary>
    /// <exception cref="FormatException">It has another length.</exception>
    public readonly T Number<T>()
        where T : unmanaged =>
        Value.Length == Unsafe.SizeOf<T>() ? MemoryMarshal.Read<T>(Value) : throw new FormatException("a number of another size");
}
