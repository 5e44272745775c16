namespace WgFleet.WireGuard.Netlink;

/// <summary>A netlink socket to the kernel: one datagram out, datagrams in. Its methods block.</summary>
internal interface INetlinkSocket : IDisposable
{
    /// <summary>Sends one request. The kernel usually handles the request on this thread before the call returns.</summary>
    /// <exception cref="NetlinkException">The kernel did not take the request.</exception>
    void Send(ReadOnlySpan<byte> datagram);

    /// <summary>Waits for one datagram and gives its length.</summary>
    /// <exception cref="NetlinkException">Receiving failed, or the datagram is longer than the buffer.</exception>
    /// <exception cref="OperationCanceledException">No datagram came before the token was cancelled.</exception>
    int Receive(Span<byte> buffer, CancellationToken cancellationToken);
}
