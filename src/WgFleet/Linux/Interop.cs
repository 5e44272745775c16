using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WgFleet.Linux;

/// <summary>System calls on files and processes that .NET does not offer, or only with a fallback that we must not use.</summary>
internal static partial class Interop
{
    private const int ORdonly = 0;
    private const int OCloexec = 0x80000;
    private const int ESrch = 3;
    private const int EInval = 22;
    private const int AtFdcwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint StatxType = 1;
    private const uint StatxInode = 0x100;
    private const uint StatxInodeSizeAndChange = 0x100 | 0x200 | 0x40;
    private const uint StatxOwnerAndGroup = 8 | 16;
    private const uint StatxModeAndOwner = 1 | 2 | 8;

    private const int AccessWriteAndSearch = 3;
    private const int AtEaccess = 0x200;
    private const short PollIn = 1;
    private const int FOfdSetlk = 37;
    private const short FWrlck = 1;
    private const int EAcces = 13;
    private const uint MfdCloexec = 1;
    private const long TmpfsMagic = 0x01021994;
    private const long RamfsMagic = 0x858458f6;

    // System calls from 424 on have one number on all architectures; glibc has functions for these two only since 2.36.
    private const int CallPidfdSendSignal = 424;
    private const int CallPidfdOpen = 434;

    // O_DIRECTORY is one of the few flags that differ between architectures (fcntl.h).
    private static readonly int ODirectory =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x4000 : 0x10000;

    /// <summary>Whether the file system of a directory is in memory, where a flush is useless; false if that cannot be read.</summary>
    /// <remarks>statfs(2); the numbers are those of linux/magic.h.</remarks>
    public static unsafe bool IsInMemory(string directory)
    {
        // struct statfs begins with f_type, a long on every 64-bit architecture, and is 120 bytes.
        var status = stackalloc long[32];
        return SysStatfs(directory, status) == 0 && status[0] is TmpfsMagic or RamfsMagic;
    }

    /// <summary>statx(2): whether the path is a regular file, following links. False if it does not exist.</summary>
    public static unsafe bool IsRegularFile(string path)
    {
        // struct statx is 256 bytes on every architecture; stx_mode lies at 28.
        var status = stackalloc byte[256];
        return SysStatx(AtFdcwd, path, 0, StatxType, status) == 0 && (*(ushort*)(status + 28) & 0xF000) == 0x8000;
    }

    /// <summary>statx(2): a path's owner and its mode with the type, as stat(2) has them; of a link itself.</summary>
    /// <exception cref="IOException">It does not exist, or may not be looked at.</exception>
    public static unsafe (uint Owner, int Mode) StatusOf(string path)
    {
        // stx_uid lies at 20.
        var status = stackalloc byte[256];
        return SysStatx(AtFdcwd, path, AtSymlinkNoFollow, StatxModeAndOwner, status) == 0
            ? (*(uint*)(status + 20), *(ushort*)(status + 28))
            : throw LastError(path);
    }

    /// <summary>
    /// fchown(2): gives an open file the owner and the group of the file that a path names, following links. Nothing happens if there is no such file, or
    /// if this process may not do that (CAP_CHOWN).
    /// </summary>
    public static unsafe void CopyOwner(string from, SafeFileHandle to)
    {
        // stx_uid lies at 20, stx_gid at 24.
        var status = stackalloc byte[256];
        if (SysStatx(AtFdcwd, from, 0, StatxOwnerAndGroup, status) == 0)
            _ = SysFchown((int)to.DangerousGetHandle(), *(uint*)(status + 20), *(uint*)(status + 24));
    }

    /// <summary>statx(2): what identifies the file that a path names, following links; null if there is none.</summary>
    public static unsafe (ulong Device, ulong Inode)? IdentityOf(string path)
    {
        // stx_ino lies at 32, stx_dev_major and stx_dev_minor at 136.
        var status = stackalloc byte[256];
        return SysStatx(AtFdcwd, path, 0, StatxInode, status) == 0 ? (*(ulong*)(status + 136), *(ulong*)(status + 32)) : null;
    }

    /// <summary>statx(2): what changes when the content of the file that a path names changes, following links; null if there is none.</summary>
    public static unsafe FileStamp? StampOf(string path)
    {
        // stx_ino lies at 32, stx_size at 40, stx_mtime at 112: seconds and nanoseconds.
        var status = stackalloc byte[256];
        return SysStatx(AtFdcwd, path, 0, StatxInodeSizeAndChange, status) == 0
            ? new FileStamp(*(ulong*)(status + 32), *(ulong*)(status + 40), *(long*)(status + 112), *(uint*)(status + 120))
            : null;
    }

    /// <summary>faccessat(2): whether this process, by its effective user, may make and rename files in a directory.</summary>
    public static bool MayWriteIn(string directory) => SysFaccessat(AtFdcwd, directory, AccessWriteAndSearch, AtEaccess) == 0;

    /// <summary>Why this process may not make or replace a file, in the words of .NET's exceptions; null if it may. Makes nothing.</summary>
    public static string? WriteProblem(string file)
    {
        if (MayWriteIn(Path.GetDirectoryName(file)!))
            return null;

        return Marshal.GetLastPInvokeError() == EAcces ? $"Access to the path '{file}' is denied." : $"{Marshal.GetLastPInvokeErrorMessage()} : '{file}'";
    }

    /// <summary>rename(2). File.Move copies where rename cannot, which readers would see.</summary>
    /// <exception cref="IOException">It failed; <paramref name="to"/> is as it was.</exception>
    public static void Rename(string from, string to)
    {
        if (SysRename(from, to) != 0)
            throw LastError($"rename to {to}");
    }

    /// <summary>fsync(2) on a directory, which makes a rename in it durable.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static void FlushDirectory(string directory)
    {
        var handle = SysOpen(directory, ORdonly | ODirectory | OCloexec);
        if (handle < 0)
            throw LastError($"open {directory}");

        try
        {
            // Some file systems have nothing to flush and say so.
            if (SysFsync(handle) != 0 && Marshal.GetLastPInvokeError() != EInval)
                throw LastError($"fsync {directory}");
        }
        finally
        {
            _ = SysClose(handle);
        }
    }

    /// <summary>pidfd_open(2): a handle that refers to this process even when its id is used again; null if there is no such process.</summary>
    /// <exception cref="IOException">It failed otherwise.</exception>
    public static SafeFileHandle? OpenProcess(int processId)
    {
        var handle = SysCall(CallPidfdOpen, processId, 0, 0, 0);
        if (handle >= 0)
            return new SafeFileHandle(handle, ownsHandle: true);

        return Marshal.GetLastPInvokeError() == ESrch ? null : throw LastError($"pidfd_open {processId}");
    }

    /// <summary>pidfd_send_signal(2).</summary>
    /// <exception cref="IOException">The process has ended, or may not be signaled.</exception>
    public static void SendSignal(SafeFileHandle process, int signal)
    {
        if (SysCall(CallPidfdSendSignal, process.DangerousGetHandle(), signal, 0, 0) != 0)
            throw LastError($"cannot send signal {signal}");
    }

    /// <summary>poll(2): waits until a process has ended, also if its parent has not waited for it.</summary>
    /// <returns>False if it still runs after this time.</returns>
    public static unsafe bool WaitUntilEnded(SafeFileHandle process, TimeSpan limit)
    {
        var poll = new PollFile { File = (int)process.DangerousGetHandle(), Events = PollIn };
        return SysPoll(&poll, 1, (int)limit.TotalMilliseconds) == 1;
    }

    /// <summary>memfd_create(2): an empty file in memory without a name.</summary>
    /// <exception cref="IOException">There is no memory or no descriptor for it.</exception>
    public static SafeFileHandle MemoryFile(string name)
    {
        var handle = SysMemfdCreate(name, MfdCloexec);
        return handle >= 0 ? new SafeFileHandle(handle, ownsHandle: true) : throw LastError("memfd_create");
    }

    /// <summary>fcntl(2), F_OFD_SETLK: locks one byte of a file for as long as the handle is open; false if another handle has a lock there.</summary>
    /// <exception cref="IOException">The file system has no locks.</exception>
    public static unsafe bool TryLock(SafeFileHandle file, long position)
    {
        var record = new RecordLock { Type = FWrlck, Start = position, Length = 1 };
        if (SysFcntl((int)file.DangerousGetHandle(), FOfdSetlk, &record) == 0)
            return true;

        return Marshal.GetLastPInvokeError() is EAcces or EAgain ? false : throw LastError("fcntl");
    }

    private static IOException LastError(string what) => new($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysFaccessat(int directory, string path, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static unsafe partial int SysFcntl(int file, int command, RecordLock* record);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int SysPoll(PollFile* files, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysMemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SysCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SysStatx(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int SysFchown(int file, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SysStatfs(string path, long* status);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysRename(string from, string to);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SysFsync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int SysClose(int handle);

    /// <summary>A file at one time: which one it is, its length, and when its content was last changed.</summary>
    public readonly record struct FileStamp(ulong Inode, ulong Length, long Seconds, uint Nanoseconds);

    /// <summary>struct flock.</summary>
    private struct RecordLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }

    /// <summary>struct pollfd.</summary>
    private struct PollFile
    {
        public int File;
        public short Events;
        public short Returned;
    }
}
