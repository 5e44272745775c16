using WgFleet.WireGuard.Kernel;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Kernel;

/// <summary>A kernel that gives the recorded answers, and only to exactly the recorded requests; sequence numbers may differ.</summary>
internal sealed class ReplayedKernel(Recording recording) : INetlinkSocket
{
    private readonly Queue<(bool ToKernel, byte[] Bytes)> _rest = new(recording.Datagrams);
    private byte[] _sequence = [];

    public bool Disposed { get; private set; }

    /// <summary>Called before each datagram that is received.</summary>
    public Action Receiving { get; init; } = () => { };

    /// <summary>Opens a driver that gets one such kernel for each socket it opens.</summary>
    public static KernelWireGuard Open(params IEnumerable<Recording> sockets)
    {
        var kernels = new Queue<Recording>(sockets);
        return new KernelWireGuard(() => new ReplayedKernel(kernels.Dequeue()), new NapiThreads());
    }

    public void Send(ReadOnlySpan<byte> datagram)
    {
        var (toKernel, expected) = _rest.Dequeue();
        toKernel.ShouldBeTrue("the request came before the answer was read to its end");
        _sequence = datagram[8..12].ToArray();
        Convert.ToHexString(datagram).ShouldBe(Convert.ToHexString(WithSequence(expected)));
    }

    public int Receive(Span<byte> buffer, CancellationToken cancellationToken)
    {
        Receiving();
        cancellationToken.ThrowIfCancellationRequested();
        if (!_rest.TryPeek(out var next) || next.ToKernel)
            throw new NetlinkException(WgFleet.WireGuard.Linux.Errno.TryAgain);

        var bytes = WithSequence(_rest.Dequeue().Bytes);
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    public void Dispose() => Disposed = true;

    /// <summary>Puts our sequence number into every message of the datagram, up to the first broken one.</summary>
    private byte[] WithSequence(byte[] datagram)
    {
        var bytes = datagram.ToArray();
        for (var at = 0; at + 16 <= bytes.Length;)
        {
            _sequence.CopyTo(bytes.AsSpan(at + 8));
            var length = BitConverter.ToUInt32(bytes, at);
            if (length < 16 || length > bytes.Length)
                break;

            at += NetlinkConstants.Align((int)length);
        }

        return bytes;
    }
}
