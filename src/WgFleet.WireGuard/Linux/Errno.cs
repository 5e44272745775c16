using System.Runtime.InteropServices;

namespace WgFleet.WireGuard.Linux;

/// <summary>Error numbers of Linux (asm-generic/errno-base.h, errno.h), and their names for error messages.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int AlreadyExists = 17;
    public const int NoDevice = 19;
    public const int Invalid = 22;
    public const int MessageTooLong = 90;
    public const int ProtocolNotSupported = 93;
    public const int NotSupported = 95;
    public const int AddressFamilyNotSupported = 97;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkUnreachable = 101;
    public const int NoBuffers = 105;
    public const int HostUnreachable = 113;

    /// <summary>ENOTSUPP, which is internal to the kernel but sometimes returned.</summary>
    public const int KernelNotSupported = 524;

    /// <summary>Returns the name and the description of strerror(3): "EINVAL, Invalid argument" for 22.</summary>
    /// <param name="errno">Positive or negative: WireGuard implementations differ in the sign.</param>
    public static string Describe(int errno)
    {
        var positive = errno < 0 ? -errno : errno;
        var name = positive switch
        {
            NotPermitted => "EPERM",
            NoEntry => "ENOENT",
            Interrupted => "EINTR",
            5 => "EIO",
            TryAgain => "EAGAIN",
            12 => "ENOMEM",
            AccessDenied => "EACCES",
            16 => "EBUSY",
            AlreadyExists => "EEXIST",
            NoDevice => "ENODEV",
            Invalid => "EINVAL",
            28 => "ENOSPC",
            34 => "ERANGE",
            71 => "EPROTO",
            MessageTooLong => "EMSGSIZE",
            ProtocolNotSupported => "EPROTONOSUPPORT",
            NotSupported => "EOPNOTSUPP",
            AddressFamilyNotSupported => "EAFNOSUPPORT",
            AddressInUse => "EADDRINUSE",
            AddressNotAvailable => "EADDRNOTAVAIL",
            NetworkUnreachable => "ENETUNREACH",
            NoBuffers => "ENOBUFS",
            HostUnreachable => "EHOSTUNREACH",
            _ => $"errno {positive}",
        };
        return $"{name}, {Marshal.GetPInvokeErrorMessage(positive)}";
    }
}
