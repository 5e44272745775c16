using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WgFleet.WireGuard.Netlink;

/// <summary>A generic netlink socket, in the network namespace of whoever made it.</summary>
internal sealed class NetlinkSocket : INetlinkSocket
{
    private readonly SafeFileHandle _handle;

    public NetlinkSocket()
    {
        _handle = Interop.OpenGenericNetlink();
        if (_handle.IsInvalid)
            throw Failed();

        // An error comes with the kernel's own sentence and without the whole request; without these it is an error all the same.
        _ = Interop.SetNetlinkOption(_handle, Interop.CapAck, 1);
        _ = Interop.SetNetlinkOption(_handle, Interop.ExtAck, 1);
        if (Interop.SetReceiveTimeout(_handle, Timeout) != 0)
            throw Failed();
    }

    /// <summary>How long to wait for the kernel, which answers while it is asked.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(10);

    public void Send(ReadOnlySpan<byte> datagram)
    {
        while (Interop.Send(_handle, datagram) < 0)
        {
            if (Marshal.GetLastPInvokeError() != NetlinkException.Interrupted)
                throw Failed();
        }
    }

    public int Receive(Span<byte> buffer)
    {
        while (true)
        {
            var length = Interop.Receive(_handle, buffer);
            if (length > buffer.Length)
                throw new NetlinkException(NetlinkException.MessageSize);

            if (length >= 0)
                return (int)length;

            if (Marshal.GetLastPInvokeError() != NetlinkException.Interrupted)
                throw Failed();
        }
    }

    public void Dispose() => _handle.Dispose();

    private static NetlinkException Failed() => new(Marshal.GetLastPInvokeError());
}
