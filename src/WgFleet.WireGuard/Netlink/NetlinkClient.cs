using System.Runtime.InteropServices;
using WgFleet.WireGuard.Linux;

namespace WgFleet.WireGuard.Netlink;

/// <summary>Sends one request at a time over one socket and reads the whole answer.</summary>
/// <param name="socket">The socket, which the client closes.</param>
/// <param name="bufferLength">The length of the longest datagram in bytes. The kernel makes those of a dump as long as the reader's buffer, up to 32 KiB.</param>
internal sealed class NetlinkClient(INetlinkSocket socket, int bufferLength = 64 * 1024) : IDisposable
{
    /// <summary>Enough for the first datagram of a dump on a new socket: NLMSG_GOODSIZE of linux/netlink.h, a page or two.</summary>
    public const int FirstLength = 16 * 1024;

    private readonly byte[] _buffer = new byte[bufferLength];
    private uint _sequence;

    /// <summary>Receives one message of an answer.</summary>
    /// <param name="type">The message's type.</param>
    /// <param name="payload">The bytes after the netlink header; valid during the call.</param>
    public delegate void MessageHandler(ushort type, ReadOnlySpan<byte> payload);

    /// <summary>Sends a request and passes each message of the answer to <paramref name="handler"/>. Blocks.</summary>
    /// <remarks>After an exception the rest of the answer may still arrive, so the client must not be used again.</remarks>
    /// <param name="request">The request; length, type and sequence number are filled in here.</param>
    /// <param name="type">The request's message type.</param>
    /// <param name="handler">Receives the answer; null if only success matters.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <exception cref="NetlinkException">The answer is an error; EINTR: what was dumped changed during the dump.</exception>
    /// <exception cref="FormatException">The answer cannot be read.</exception>
    public void Ask(Span<byte> request, ushort type, MessageHandler? handler, CancellationToken cancellationToken)
    {
        AttributeWriter.Stamp(request, type, ++_sequence);
        socket.Send(request);

        var interrupted = false;
        var ended = false;
        while (!ended)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = socket.Receive(_buffer, cancellationToken);
            try
            {
                ended = Read(_buffer.AsSpan(0, length), handler, ref interrupted);
            }
            finally
            {
                // A dump of WireGuard holds the interface's private key.
                _buffer.AsSpan(0, length).Clear();
            }
        }

        if (interrupted)
            throw new NetlinkException(Errno.Interrupted);
    }

    /// <summary>Sends a request for a dump and passes the messages of its first datagram to <paramref name="handler"/>. Blocks.</summary>
    /// <remarks>The rest of the dump is not read, so the client must not be used again.</remarks>
    /// <exception cref="NetlinkException">The answer is an error.</exception>
    /// <exception cref="FormatException">The answer cannot be read.</exception>
    public void AskForFirst(Span<byte> request, ushort type, MessageHandler handler, CancellationToken cancellationToken)
    {
        AttributeWriter.Stamp(request, type, ++_sequence);
        socket.Send(request);
        var length = socket.Receive(_buffer, cancellationToken);
        try
        {
            var interrupted = false;
            Read(_buffer.AsSpan(0, length), handler, ref interrupted);
        }
        finally
        {
            _buffer.AsSpan(0, length).Clear();
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Reads a datagram; true if it ends the answer, as an acknowledgement and the end of a dump do.</summary>
    private bool Read(ReadOnlySpan<byte> datagram, MessageHandler? handler, ref bool interrupted)
    {
        var message = new MessageReader(datagram);
        while (message.Next())
        {
            if (message.Sequence != _sequence)
                continue;

            interrupted |= (message.Flags & NetlinkConstants.DumpInterrupted) != 0;
            switch (message.Type)
            {
                case NetlinkConstants.Error or NetlinkConstants.Done:
                    ThrowIfError(message);
                    return true;
                case NetlinkConstants.Overrun:
                    throw new NetlinkException(Errno.NoBuffers);
                case NetlinkConstants.NoOp:
                    break;
                default:
                    handler?.Invoke(message.Type, message.Payload);
                    break;
            }
        }

        return false;
    }

    private static void ThrowIfError(MessageReader message)
    {
        // Every kernel since 2.6 puts an error number at the end of a dump.
        if (message.Payload.Length < sizeof(int))
            throw new FormatException("an end without an error number");

        var errno = MemoryMarshal.Read<int>(message.Payload);
        if (errno != 0)
            throw new NetlinkException(errno == int.MinValue ? 0 : Math.Abs(errno), Explanation(message));
    }

    /// <summary>The kernel's explanation, which follows the error number and the header of the request.</summary>
    private static string? Explanation(MessageReader message)
    {
        const int Start = sizeof(int) + NetlinkConstants.HeaderLength;
        const int Flags = NetlinkConstants.AckCapped | NetlinkConstants.AckAttributes;
        if (message.Type != NetlinkConstants.Error || (message.Flags & Flags) != Flags || message.Payload.Length < Start)
            return null;

        var reader = new AttributeReader(message.Payload[Start..]);
        while (reader.Next())
        {
            if (reader.Type == NetlinkConstants.ErrorAttributeMessage)
                return reader.Text();
        }

        return null;
    }
}
