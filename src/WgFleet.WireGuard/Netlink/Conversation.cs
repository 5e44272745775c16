using System.Runtime.InteropServices;

namespace WgFleet.WireGuard.Netlink;

/// <summary>Asks the kernel's WireGuard one thing at a time over one socket, and reads each answer to its end.</summary>
internal sealed class Conversation : IDisposable
{
    // The kernel makes the messages of a dump as long as the reader's buffer, up to 32 KiB.
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly INetlinkSocket _socket;
    private readonly ushort _family;
    private uint _sequence;

    /// <summary>Takes over the socket and asks for the number that WireGuard has in this kernel.</summary>
    /// <exception cref="NetlinkException">ENOENT: this kernel has no WireGuard.</exception>
    public Conversation(INetlinkSocket socket)
    {
        _socket = socket;
        try
        {
            Span<byte> message = stackalloc byte[64];
            var writer = new AttributeWriter(message, Nl.Request | Nl.Ack, Nl.GetFamily, Nl.ControllerVersion);
            writer.PutText(Nl.FamilyName, "wireguard");
            ushort family = 0;
            Ask(message[..writer.Length], Nl.Controller, attributes => family = FamilyId(attributes), default);
            _family = family != 0 ? family : throw new FormatException("no number for WireGuard");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What to do with the attributes of one message.</summary>
    public delegate void Take(ReadOnlySpan<byte> attributes);

    /// <summary>Sends a request, which is stamped for it, and gives each message of the answer to <paramref name="take"/>.</summary>
    /// <remarks>After an exception the rest of the answer may still come: nothing more can be asked here.</remarks>
    /// <exception cref="NetlinkException">The answer is an error; EINTR: what was dumped changed meanwhile.</exception>
    /// <exception cref="FormatException">The answer cannot be read.</exception>
    public void Ask(Span<byte> request, Take? take, CancellationToken cancellationToken) => Ask(request, _family, take, cancellationToken);

    public void Dispose() => _socket.Dispose();

    private void Ask(Span<byte> request, ushort family, Take? take, CancellationToken cancellationToken)
    {
        AttributeWriter.Stamp(request, family, ++_sequence);
        _socket.Send(request);

        var interrupted = false;
        var ended = false;
        while (!ended)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = _socket.Receive(_buffer);
            try
            {
                ended = Read(_buffer.AsSpan(0, length), take, ref interrupted);
            }
            finally
            {
                // A dump tells the interface's private key.
                _buffer.AsSpan(0, length).Clear();
            }
        }

        if (interrupted)
            throw new NetlinkException(NetlinkException.Interrupted);
    }

    /// <summary>Reads a datagram; true if it ends the answer: an acknowledgement, or the end of a dump.</summary>
    private bool Read(ReadOnlySpan<byte> datagram, Take? take, ref bool interrupted)
    {
        var message = new MessageReader(datagram);
        while (message.Next())
        {
            if (message.Sequence != _sequence)
                continue;

            interrupted |= (message.Flags & Nl.DumpInterrupted) != 0;
            switch (message.Type)
            {
                case Nl.Error or Nl.Done:
                    ThrowIfError(message);
                    return true;
                case Nl.Overrun:
                    throw new NetlinkException(NetlinkException.NoBuffers);
                case Nl.NoOp:
                    break;
                default:
                    if (message.Payload.Length < Nl.GenericHeaderLength)
                        throw new FormatException("a message without a generic header");

                    take?.Invoke(message.Payload[Nl.GenericHeaderLength..]);
                    break;
            }
        }

        return false;
    }

    private static void ThrowIfError(MessageReader message)
    {
        if (message.Payload.Length < sizeof(int))
        {
            // The end of a dump came without a number before Linux 2.6.
            throw new FormatException("an end without an error number");
        }

        var errno = MemoryMarshal.Read<int>(message.Payload);
        if (errno != 0)
            throw new NetlinkException(errno == int.MinValue ? 0 : Math.Abs(errno), Detail(message));
    }

    /// <summary>The kernel's sentence, which follows the number and the header of the request.</summary>
    private static string? Detail(MessageReader message)
    {
        const int Before = sizeof(int) + Nl.HeaderLength;
        const int Wanted = Nl.AckCapped | Nl.AckAttributes;
        if (message.Type != Nl.Error || (message.Flags & Wanted) != Wanted || message.Payload.Length < Before)
            return null;

        var reader = new AttributeReader(message.Payload[Before..]);
        while (reader.Next())
        {
            if (reader.Type == Nl.ErrorAttributeMessage)
                return System.Text.Encoding.UTF8.GetString(reader.Value.TrimEnd((byte)0));
        }

        return null;
    }

    private static ushort FamilyId(ReadOnlySpan<byte> attributes)
    {
        var reader = new AttributeReader(attributes);
        while (reader.Next())
        {
            if (reader.Type == Nl.FamilyId)
                return reader.Number<ushort>();
        }

        return 0;
    }
}
