namespace WgFleet.WireGuard.Drivers;

/// <summary>
/// Limits the time of every request. The limit includes the wait for other callers, all attempts, and the change from userspace to
/// the kernel.
/// </summary>
/// <param name="inner">Ends a request when its token is cancelled.</param>
/// <param name="time">Tells the time.</param>
public sealed class TimeLimitedWireGuard(IWireGuard inner, TimeProvider time) : IWireGuard
{
    /// <summary>The limit for a read, and for a change of a few peers.</summary>
    public static readonly TimeSpan Limit = Deadline.Default;

    // Userspace WireGuard computes for each new peer.
    private static readonly TimeSpan LimitPerPeer = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    public Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken) =>
        Deadline.RunAsync(interfaceName, Limit, time, limited => inner.GetDeviceAsync(interfaceName, limited), cancellationToken);

    /// <inheritdoc/>
    public Task<DeviceSettings> GetSettingsAsync(string interfaceName, CancellationToken cancellationToken) =>
        Deadline.RunAsync(interfaceName, Limit, time, limited => inner.GetSettingsAsync(interfaceName, limited), cancellationToken);

    /// <inheritdoc/>
    public Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Deadline.RunAsync(
            interfaceName,
            Limit + change.Peers.Count * LimitPerPeer,
            time,
            async limited =>
            {
                await inner.ChangeAsync(interfaceName, change, limited);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
