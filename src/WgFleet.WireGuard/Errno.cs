using System.Runtime.InteropServices;

namespace WgFleet.WireGuard;

/// <summary>Says what an error number of WireGuard means: the name to search for, and the sentence of strerror(3).</summary>
internal static class Errno
{
    /// <summary>"EINVAL, Invalid argument" for 22 and for -22: implementations differ in the sign.</summary>
    public static string Describe(int errno)
    {
        var positive = errno < 0 ? -errno : errno;
        var name = positive switch
        {
            1 => "EPERM",
            2 => "ENOENT",
            4 => "EINTR",
            5 => "EIO",
            11 => "EAGAIN",
            12 => "ENOMEM",
            13 => "EACCES",
            16 => "EBUSY",
            19 => "ENODEV",
            22 => "EINVAL",
            28 => "ENOSPC",
            71 => "EPROTO",
            90 => "EMSGSIZE",
            93 => "EPROTONOSUPPORT",
            95 => "EOPNOTSUPP",
            97 => "EAFNOSUPPORT",
            98 => "EADDRINUSE",
            105 => "ENOBUFS",
            _ => $"errno {positive}",
        };
        return $"{name}, {Marshal.GetPInvokeErrorMessage(positive)}";
    }
}
