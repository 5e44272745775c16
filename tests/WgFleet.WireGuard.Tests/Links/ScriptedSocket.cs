using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Links;

/// <summary>A kernel whose datagrams and errors a test queues; requests are ignored.</summary>
internal sealed class ScriptedSocket : INetlinkSocket
{
    private readonly BlockingCollection<Func<byte[]>> _queue = [];
    private byte[] _sequence = new byte[4];

    public void Queue(byte[] datagram) => _queue.Add(() => datagram);

    public void QueueError(int errno) => _queue.Add(() => throw new NetlinkException(errno));

    /// <summary>Answers the next request with an error number, or with an acknowledgement if that is zero.</summary>
    public void QueueAnswer(int errno) => _queue.Add(() =>
    {
        var bytes = new byte[36];
        MemoryMarshal.Write(bytes.AsSpan(16), -errno);
        AttributeWriter.Stamp(bytes, NetlinkConstants.Error, BitConverter.ToUInt32(_sequence));
        return bytes;
    });

    public void Send(ReadOnlySpan<byte> datagram) => _sequence = datagram[8..12].ToArray();

    public int Receive(Span<byte> buffer, CancellationToken cancellationToken)
    {
        var bytes = _queue.Take(cancellationToken)();
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    // A driver disposes its socket after an error, and asks the next one, which is the same here.
    public void Dispose()
    {
    }
}
