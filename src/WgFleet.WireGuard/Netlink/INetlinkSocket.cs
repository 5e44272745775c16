namespace WgFleet.WireGuard.Netlink;

/// <summary>A socket to the kernel: one datagram out, datagrams in. Blocks, but not for ever.</summary>
internal interface INetlinkSocket : IDisposable
{
    /// <exception cref="NetlinkException">The kernel did not take it.</exception>
    void Send(ReadOnlySpan<byte> datagram);

    /// <summary>Reads one datagram, and gives its length.</summary>
    /// <exception cref="NetlinkException">None came, or it is longer than the buffer.</exception>
    int Receive(Span<byte> buffer);
}

/// <summary>An error number of the kernel's, and what it said besides.</summary>
internal sealed class NetlinkException(int errno, string? detail = null)
    : IOException(detail is null ? WireGuard.Errno.Describe(errno) : $"{WireGuard.Errno.Describe(errno)} ({detail})")
{
    public const int NoPermission = 1;
    public const int NoSuchFamily = 2;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoSuchDevice = 19;
    public const int MessageSize = 90;
    public const int ProtocolNotSupported = 93;
    public const int NotSupported = 95;
    public const int AddressFamilyNotSupported = 97;
    public const int NoBuffers = 105;

    /// <summary>The number inside the kernel, which it should not show.</summary>
    public const int KernelNotSupported = 524;

    public int Errno => errno;
}
