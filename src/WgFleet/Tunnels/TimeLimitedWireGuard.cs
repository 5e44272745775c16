using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <summary>WireGuard that answers in time or fails: the writer waits for it, and all fleets wait for the writer.</summary>
internal sealed class TimeLimitedWireGuard(IWireGuard inner, TimeProvider time) : IWireGuard
{
    /// <summary>What one look, or a change of a few peers, may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await inner.GetDeviceAsync(interfaceName, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Late(interfaceName, Limit);
        }
    }

    public async Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken)
    {
        // A userspace WireGuard computes for each new peer.
        var enough = Limit + TimeSpan.FromMilliseconds(change.Peers.Count);
        using var limit = new CancellationTokenSource(enough, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await inner.ChangeAsync(interfaceName, change, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Late(interfaceName, enough);
        }
    }

    public void Dispose() => inner.Dispose();

    private static WireGuardException Late(string interfaceName, TimeSpan limit) =>
        new($"{interfaceName} did not answer within {limit.TotalSeconds:0.#} s");
}
