using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using WgFleet.WireGuard.Linux;

namespace WgFleet.WireGuard.Netlink;

/// <summary>A netlink socket in the network namespace of the thread that made it.</summary>
internal sealed class NetlinkSocket : INetlinkSocket
{
    private readonly SafeFileHandle _handle;
    private readonly SafeFileHandle _wakeUp;

    /// <summary>Opens the socket.</summary>
    /// <param name="protocol">A protocol of <see cref="NetlinkConstants"/>.</param>
    /// <param name="groups">The multicast groups whose notifications to receive, one bit each; none for a socket that only asks.</param>
    public NetlinkSocket(int protocol, uint groups = 0)
    {
        _handle = Libc.OpenNetlink(protocol);
        if (_handle.IsInvalid)
            throw LastError();

        _wakeUp = Libc.OpenEvent();
        if (_wakeUp.IsInvalid)
            throw LastError();

        // With these an error carries the kernel's explanation instead of a copy of the request. Old kernels lack them.
        _ = Libc.SetNetlinkOption(_handle, Libc.CapAck, 1);
        _ = Libc.SetNetlinkOption(_handle, Libc.ExtAck, 1);

        // Lets the kernel filter what it dumps; kernels before 4.20 dump everything.
        _ = Libc.SetNetlinkOption(_handle, Libc.StrictCheck, 1);
        if (groups != 0 && Libc.BindNetlink(_handle, groups) != 0)
            throw LastError();
    }

    public void Send(ReadOnlySpan<byte> datagram)
    {
        while (Libc.Send(_handle, datagram) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw LastError();
        }
    }

    public int Receive(Span<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The kernel has answered during Send nearly always, so waiting is the exception.
            var length = Libc.ReceiveWithoutWaiting(_handle, buffer);
            if (length > buffer.Length)
                throw new NetlinkException(Errno.MessageTooLong);

            if (length >= 0)
                return (int)length;

            var errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.TryAgain)
                Wait(cancellationToken);
            else if (errno != Errno.Interrupted)
                throw LastError();
        }
    }

    public void Dispose()
    {
        // A thread that waits for the kernel must stop waiting.
        Libc.SignalEvent(_wakeUp);
        _handle.Dispose();
        _wakeUp.Dispose();
    }

    private void Wait(CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static state => Libc.SignalEvent((SafeFileHandle)state!), _wakeUp))
        {
            if (Libc.WaitToRead(_handle, _wakeUp) < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw LastError();
        }

        cancellationToken.ThrowIfCancellationRequested();

        // The token may have been cancelled after the datagram came, and may be another one the next time.
        Libc.ResetEvent(_wakeUp);
    }

    private static NetlinkException LastError() => new(Marshal.GetLastPInvokeError());
}
