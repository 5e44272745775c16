namespace WgFleet.WireGuard.Netlink;

/// <summary>The kernel answered with an error number, and perhaps with a sentence that explains it.</summary>
internal sealed class NetlinkException(int errno, string? detail = null)
    : IOException(detail is null ? Linux.Errno.Describe(errno) : $"{Linux.Errno.Describe(errno)} ({detail})")
{
    /// <summary>The positive error number; see <see cref="Linux.Errno"/>.</summary>
    public int Errno => errno;
}
