using System.Runtime.InteropServices;

namespace WgFleet.Linux;

/// <summary>System calls to read several pipes on one thread.</summary>
internal static partial class Interop
{
    private const int FGetFlags = 3;
    private const int FSetFlags = 4;
    private const int EAgain = 11;

    // O_NONBLOCK has this value on the architectures that we are built for.
    private const int ONonBlock = 0x800;

    /// <summary>fcntl(2): from now on a read of this end of a pipe returns at once.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static void MakeNonBlocking(SafeHandle file)
    {
        var flags = SysFcntl(file, FGetFlags, 0);
        if (flags < 0 || SysFcntl(file, FSetFlags, flags | ONonBlock) < 0)
            throw LastError("fcntl");
    }

    /// <summary>poll(2) without a time limit: blocks until one of the files can be read or has come to its end.</summary>
    /// <param name="files">The files; -1 for one that is not waited for.</param>
    /// <param name="ready">Set for each file that can be read or has come to its end.</param>
    public static unsafe void WaitUntilReadable(ReadOnlySpan<int> files, Span<bool> ready)
    {
        var asked = stackalloc PollFile[files.Length];
        for (var i = 0; i < files.Length; i++)
            asked[i] = new PollFile { File = files[i], Events = PollIn };

        while (SysPoll(asked, (nuint)files.Length, -1) < 0 && Marshal.GetLastPInvokeError() == EIntr)
        {
        }

        for (var i = 0; i < files.Length; i++)
            ready[i] = asked[i].Returned != 0;
    }

    /// <summary>read(2): how many bytes were read, 0 at the end, and -1 if there is nothing to read now. An error counts as the end.</summary>
    public static unsafe int ReadNow(SafeHandle file, Span<byte> buffer)
    {
        fixed (byte* to = buffer)
        {
            while (true)
            {
                if (SysRead(file, to, (nuint)buffer.Length) is var read and >= 0)
                    return (int)read;

                switch (Marshal.GetLastPInvokeError())
                {
                    case EIntr: continue;
                    case EAgain: return -1;
                    default: return 0;
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int SysFcntl(SafeHandle file, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint SysRead(SafeHandle file, byte* buffer, nuint count);
}
