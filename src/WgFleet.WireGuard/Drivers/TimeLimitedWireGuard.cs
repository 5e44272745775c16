namespace WgFleet.WireGuard.Drivers;

/// <summary>
/// Gives every question one deadline. It covers the wait for other callers' questions, all attempts, and the way from userspace to
/// the kernel.
/// </summary>
/// <param name="inner">Ends a question when its token is cancelled.</param>
/// <param name="time">Tells the time.</param>
public sealed class TimeLimitedWireGuard(IWireGuard inner, TimeProvider time) : IWireGuard
{
    /// <summary>The limit for a read, and for a change of a few peers.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // Userspace WireGuard computes for each new peer.
    private static readonly TimeSpan LimitPerPeer = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    public Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken) =>
        AskAsync(interfaceName, Limit, limited => inner.GetDeviceAsync(interfaceName, limited), cancellationToken);

    /// <inheritdoc/>
    public Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        return AskAsync(
            interfaceName,
            Limit + change.Peers.Count * LimitPerPeer,
            async limited =>
            {
                await inner.ChangeAsync(interfaceName, change, limited);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private async Task<T> AskAsync<T>(string interfaceName, TimeSpan limit, Func<CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await question(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WireGuardException($"{interfaceName} did not answer within {limit.TotalSeconds:0.#} s", e);
        }
    }
}
