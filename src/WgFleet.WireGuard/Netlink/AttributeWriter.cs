using System.Runtime.InteropServices;
using System.Text;

namespace WgFleet.WireGuard.Netlink;

/// <summary>Writes a request of generic netlink into a span: the headers, then attributes, of which some hold others.</summary>
internal ref struct AttributeWriter
{
    private readonly Span<byte> _message;

    /// <summary>Begins a request; whoever sends it stamps length, family and sequence number by <see cref="Stamp"/>.</summary>
    public AttributeWriter(Span<byte> message, ushort flags, byte command, byte version)
    {
        _message = message;
        Length = Nl.HeaderLength + Nl.GenericHeaderLength;
        message[..Length].Clear();
        MemoryMarshal.Write(message[6..], flags);
        message[Nl.HeaderLength] = command;
        message[Nl.HeaderLength + 1] = version;
    }

    /// <summary>How long the message is so far.</summary>
    public int Length { get; private set; }

    /// <summary>How many bytes more it may have.</summary>
    public readonly int Room => _message.Length - Length;

    /// <summary>Fills in what is known only when a whole message is sent.</summary>
    public static void Stamp(Span<byte> message, ushort type, uint sequence)
    {
        MemoryMarshal.Write(message, (uint)message.Length);
        MemoryMarshal.Write(message[4..], type);
        MemoryMarshal.Write(message[8..], sequence);
    }

    public void Put(int type, scoped ReadOnlySpan<byte> value)
    {
        var length = Nl.AttributeHeaderLength + value.Length;
        var attribute = _message.Slice(Length, Nl.Aligned(length));
        MemoryMarshal.Write(attribute, (ushort)length);
        MemoryMarshal.Write(attribute[2..], (ushort)type);
        value.CopyTo(attribute[Nl.AttributeHeaderLength..]);
        attribute[length..].Clear();
        Length += attribute.Length;
    }

    /// <summary>Writes a number in the machine's own byte order, as netlink has it.</summary>
    public void Put<T>(int type, T value)
        where T : unmanaged =>
        Put(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Writes ASCII with a zero at its end.</summary>
    public void PutText(int type, string text)
    {
        Span<byte> bytes = stackalloc byte[text.Length + 1];
        bytes[Encoding.ASCII.GetBytes(text, bytes)] = 0;
        Put(type, bytes);
    }

    /// <summary>Begins an attribute that holds others; the result is for <see cref="End"/>.</summary>
    public int Begin(int type)
    {
        var start = Length;
        Put(type | Nl.NestedFlag, []);
        return start;
    }

    public readonly void End(int start) => MemoryMarshal.Write(_message[start..], (ushort)(Length - start));
}
