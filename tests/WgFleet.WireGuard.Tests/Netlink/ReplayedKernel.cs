using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Netlink;

/// <summary>A kernel that answers as recorded, and only to what was asked then, byte for byte; sequence numbers aside.</summary>
internal sealed class ReplayedKernel(Recording recording) : INetlinkSocket
{
    private readonly Queue<(bool ToKernel, byte[] Bytes)> _coming = new(recording.Datagrams);
    private byte[] _sequence = [];

    public bool Disposed { get; private set; }

    /// <summary>Called before each datagram that is received.</summary>
    public Action Receiving { get; init; } = () => { };

    /// <summary>Opens a driver on such kernels, one for each socket that it opens.</summary>
    public static NetlinkWireGuard Open(params IEnumerable<Recording> sockets)
    {
        var kernels = new Queue<Recording>(sockets);
        return new NetlinkWireGuard(() => new ReplayedKernel(kernels.Dequeue()), new PeerThreads());
    }

    public void Send(ReadOnlySpan<byte> datagram)
    {
        var (toKernel, expected) = _coming.Dequeue();
        toKernel.ShouldBeTrue("asked before the answer was read to its end");
        _sequence = datagram[8..12].ToArray();
        Convert.ToHexString(datagram).ShouldBe(Convert.ToHexString(WithSequence(expected)));
    }

    public int Receive(Span<byte> buffer)
    {
        Receiving();
        if (!_coming.TryPeek(out var next) || next.ToKernel)
            throw new NetlinkException(NetlinkException.TryAgain);

        var bytes = WithSequence(_coming.Dequeue().Bytes);
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    public void Dispose() => Disposed = true;

    /// <summary>Every message of the datagram with our sequence number; a broken one as far as it goes.</summary>
    private byte[] WithSequence(byte[] datagram)
    {
        var bytes = datagram.ToArray();
        for (var at = 0; at + 16 <= bytes.Length;)
        {
            _sequence.CopyTo(bytes.AsSpan(at + 8));
            var length = BitConverter.ToUInt32(bytes, at);
            if (length < 16 || length > bytes.Length)
                break;

            at += Nl.Aligned((int)length);
        }

        return bytes;
    }
}
