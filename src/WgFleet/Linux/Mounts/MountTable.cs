using System.Runtime.InteropServices;

namespace WgFleet.Linux.Mounts;

/// <summary>Changes what this process's mount namespace has where, see mount_namespaces(7). Needs CAP_SYS_ADMIN. Blocks for the kernel.</summary>
internal static partial class MountTable
{
    private const long MsBind = 0x1000;
    private const int AtFdcwd = -100;
    private const uint AtRecursive = 0x8000;
    private const ulong ReadOnly = 1;

    // System calls from 424 on have one number on all architectures; glibc has a function for this one only since 2.36.
    private const long CallMountSetattr = 442;

    /// <summary>Makes a directory a mount of its own, so that it can be writable where all around it is not.</summary>
    /// <exception cref="IOException">The kernel refused; the message says why.</exception>
    public static void Separate(string directory) => Check(SysMount(directory, directory, null, MsBind, null), directory);

    /// <summary>Mounts an empty file system of the kernel, such as tmpfs or sysfs, over a directory.</summary>
    /// <exception cref="IOException">The kernel refused; the message says why.</exception>
    public static void Cover(string directory, string kind, string? options = null) => Check(SysMount(kind, directory, kind, 0, options), directory);

    /// <summary>Makes everything read-only, whatever is mounted where. Takes Linux 5.12.</summary>
    /// <exception cref="IOException">The kernel refused; the message says why.</exception>
    public static void MakeAllReadOnly() => Set("/", AtRecursive, new Attributes { Set = ReadOnly });

    /// <summary>Makes one mount writable again.</summary>
    /// <exception cref="IOException">The kernel refused; the message says why.</exception>
    public static void MakeWritable(string directory) => Set(directory, 0, new Attributes { Clear = ReadOnly });

    private static unsafe void Set(string directory, uint flags, Attributes attributes) =>
        Check(SysSetAttributes(CallMountSetattr, AtFdcwd, directory, flags, &attributes, sizeof(Attributes)), directory);

    private static void Check(long result, string directory)
    {
        if (result != 0)
            throw new IOException($"{directory} cannot be mounted anew: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysMount(string source, string target, string? kind, long flags, string? data);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial long SysSetAttributes(long call, long directory, string path, long flags, Attributes* attributes, long size);

    /// <summary>struct mount_attr of mount_setattr(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public ulong Set;
        public ulong Clear;
        public ulong Propagation;
        public ulong UserNamespace;
    }
}
