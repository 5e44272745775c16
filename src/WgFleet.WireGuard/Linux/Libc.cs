using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WgFleet.WireGuard.Linux;

/// <summary>Netlink sockets by system calls: .NET has no such address family. A negative result is an error; errno tells which.</summary>
internal static partial class Libc
{
    // Socket options of linux/netlink.h.
    public const int CapAck = 10;
    public const int ExtAck = 11;
    public const int StrictCheck = 12;

    private const int Netlink = 16;

    /// <summary>Opens a netlink socket; the handle is invalid if that fails.</summary>
    public static SafeFileHandle OpenNetlink(int protocol)
    {
        const int Raw = 3, CloseOnExec = 0x80000;
        return Socket(Netlink, Raw | CloseOnExec, protocol);
    }

    /// <summary>Subscribes a netlink socket to multicast groups, one bit each.</summary>
    public static int BindNetlink(SafeFileHandle socket, uint groups)
    {
        // struct sockaddr_nl: family (2), padding (2), port (4), groups (4).
        ReadOnlySpan<uint> address = [Netlink, 0, groups];
        return Bind(socket, MemoryMarshal.AsBytes(address), 3 * sizeof(uint));
    }

    public static int SetNetlinkOption(SafeFileHandle socket, int option, int value)
    {
        const int SolNetlink = 270;
        return SetSocketOption(socket, SolNetlink, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)), sizeof(int));
    }

    public static nint Send(SafeFileHandle socket, ReadOnlySpan<byte> datagram) => Send(socket, datagram, (nuint)datagram.Length, 0);

    /// <summary>Receives a datagram and gives its whole length, even if that is more than the buffer holds; EAGAIN if none is there.</summary>
    public static nint ReceiveWithoutWaiting(SafeFileHandle socket, Span<byte> buffer)
    {
        const int WholeLength = 0x20, DoNotWait = 0x40;
        return Receive(socket, buffer, (nuint)buffer.Length, WholeLength | DoNotWait);
    }

    /// <summary>Opens an event that <see cref="WaitToRead"/> waits for; the handle is invalid if that fails.</summary>
    public static SafeFileHandle OpenEvent()
    {
        const int CloseOnExec = 0x80000, NonBlocking = 0x800;
        return EventFd(0, CloseOnExec | NonBlocking);
    }

    /// <summary>Sets an event, so that <see cref="WaitToRead"/> returns.</summary>
    public static void SignalEvent(SafeFileHandle handle)
    {
        ulong one = 1;
        _ = Write(handle, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in one)), sizeof(ulong));
    }

    /// <summary>Resets an event.</summary>
    public static void ResetEvent(SafeFileHandle handle)
    {
        Span<byte> count = stackalloc byte[sizeof(ulong)];
        _ = Read(handle, count, sizeof(ulong));
    }

    /// <summary>Blocks until a datagram is there or the event is set.</summary>
    public static int WaitToRead(SafeFileHandle socket, SafeFileHandle wakeUp)
    {
        const short Readable = 1;
        var (socketAdded, eventAdded) = (false, false);
        try
        {
            socket.DangerousAddRef(ref socketAdded);
            wakeUp.DangerousAddRef(ref eventAdded);
            Span<PollFd> waits = [new((int)socket.DangerousGetHandle(), Readable), new((int)wakeUp.DangerousGetHandle(), Readable)];
            return Poll(waits, (nuint)waits.Length, -1);
        }
        finally
        {
            if (eventAdded)
                wakeUp.DangerousRelease();

            if (socketAdded)
                socket.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial SafeFileHandle Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeFileHandle socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(SafeFileHandle socket, int level, int option, ReadOnlySpan<byte> value, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeFileHandle socket, ReadOnlySpan<byte> bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeFileHandle socket, Span<byte> bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial SafeFileHandle EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, Span<byte> bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Span<PollFd> waits, nuint count, int milliseconds);

    // struct pollfd of poll.h.
    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd(int descriptor, short events)
    {
        public int Descriptor = descriptor;
        public short Events = events;
        public short Returned;
    }
}
