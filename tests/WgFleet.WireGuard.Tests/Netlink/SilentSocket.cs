using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Netlink;

/// <summary>A kernel that takes a request and never answers.</summary>
internal sealed class SilentSocket : INetlinkSocket
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _stuck = new();

    /// <summary>Holds the asking thread inside the system call, as a kernel does that waits for a lock.</summary>
    public bool HoldsTheThread { get; init; }

    /// <summary>Ends once a request was sent.</summary>
    public Task Asked => _asked.Task;

    public bool Disposed { get; private set; }

    /// <summary>Lets the held thread go.</summary>
    public void Release() => _stuck.Set();

    public void Send(ReadOnlySpan<byte> datagram)
    {
        _asked.TrySetResult();
        if (HoldsTheThread)
            _stuck.Wait();
    }

    public int Receive(Span<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.WaitHandle.WaitOne();
        throw new OperationCanceledException(cancellationToken);
    }

    public void Dispose() => Disposed = true;
}
