using System.Runtime.InteropServices;
using System.Text;

namespace WgFleet.WireGuard.Netlink;

/// <summary>Writes a netlink request into a span: the netlink header, the protocol's own header, then attributes, which may nest.</summary>
internal ref struct AttributeWriter
{
    private readonly Span<byte> _message;

    /// <summary>Starts a request. The sender fills in length, type and sequence number with <see cref="Stamp"/>.</summary>
    /// <param name="message">Receives the request.</param>
    /// <param name="flags">Flags of the netlink header.</param>
    /// <param name="protocolHeader">The fixed part that follows the netlink header, a multiple of four bytes.</param>
    public AttributeWriter(Span<byte> message, ushort flags, scoped ReadOnlySpan<byte> protocolHeader)
    {
        _message = message;
        Length = NetlinkConstants.HeaderLength + protocolHeader.Length;
        message[..NetlinkConstants.HeaderLength].Clear();
        MemoryMarshal.Write(message[6..], flags);
        protocolHeader.CopyTo(message[NetlinkConstants.HeaderLength..]);
    }

    /// <summary>The length of the message so far.</summary>
    public int Length { get; private set; }

    /// <summary>How many more bytes fit.</summary>
    public readonly int Room => _message.Length - Length;

    /// <summary>Fills in the header fields that are known only when the whole message is sent.</summary>
    public static void Stamp(Span<byte> message, ushort type, uint sequence)
    {
        MemoryMarshal.Write(message, (uint)message.Length);
        MemoryMarshal.Write(message[4..], type);
        MemoryMarshal.Write(message[8..], sequence);
    }

    public void Put(int type, scoped ReadOnlySpan<byte> value)
    {
        var length = NetlinkConstants.AttributeHeaderLength + value.Length;
        var attribute = _message.Slice(Length, NetlinkConstants.Align(length));
        MemoryMarshal.Write(attribute, (ushort)length);
        MemoryMarshal.Write(attribute[2..], (ushort)type);
        value.CopyTo(attribute[NetlinkConstants.AttributeHeaderLength..]);
        attribute[length..].Clear();
        Length += attribute.Length;
    }

    /// <summary>Writes a number in the machine's byte order, as netlink expects.</summary>
    public void Put<T>(int type, T value)
        where T : unmanaged =>
        Put(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Writes ASCII text with a zero byte at its end.</summary>
    public void PutText(int type, string text)
    {
        Span<byte> bytes = stackalloc byte[text.Length + 1];
        bytes[Encoding.ASCII.GetBytes(text, bytes)] = 0;
        Put(type, bytes);
    }

    /// <summary>Starts an attribute that holds others; pass the result to <see cref="End"/>.</summary>
    public int Begin(int type)
    {
        var start = Length;
        Put(type | NetlinkConstants.NestedFlag, []);
        return start;
    }

    /// <summary>Ends the attribute that <see cref="Begin"/> started.</summary>
    public readonly void End(int start) => MemoryMarshal.Write(_message[start..], (ushort)(Length - start));
}
