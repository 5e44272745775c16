using System.Runtime.InteropServices;

namespace WgFleet.WireGuard.Netlink;

/// <summary>Walks over the messages of one datagram.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public ushort Type { get; private set; }

    public ushort Flags { get; private set; }

    public uint Sequence { get; private set; }

    /// <summary>The bytes after the netlink header.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Moves to the next message; false after the last one.</summary>
    /// <exception cref="FormatException">The bytes that follow are not a message.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;

        if (_rest.Length < NetlinkConstants.HeaderLength)
            throw new FormatException("a message without a header");

        var length = MemoryMarshal.Read<uint>(_rest);
        if (length < NetlinkConstants.HeaderLength || length > _rest.Length)
            throw new FormatException("a message that is cut off");

        Type = MemoryMarshal.Read<ushort>(_rest[4..]);
        Flags = MemoryMarshal.Read<ushort>(_rest[6..]);
        Sequence = MemoryMarshal.Read<uint>(_rest[8..]);
        Payload = _rest[NetlinkConstants.HeaderLength..(int)length];
        _rest = _rest[Math.Min(NetlinkConstants.Align((int)length), _rest.Length)..];
        return true;
    }
}
