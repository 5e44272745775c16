namespace WgFleet.Cli.Rehearsals;

/// <summary>The network between the machines and the gateway, which can be cut.</summary>
internal sealed class Outage
{
    /// <summary>How long a machine tries to connect before it gives up.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private volatile TaskCompletionSource? _cut;

    /// <summary>Cuts all machines off.</summary>
    public void Begin() => _cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The machines reach the gateway again, also those that are trying at this moment.</summary>
    public void End()
    {
        var cut = _cut;
        _cut = null;
        cut?.SetResult();
    }

    /// <summary>Whether a request reaches the gateway; waits as a connection does that is tried again and again.</summary>
    public async Task<bool> IsPassedAsync(CancellationToken cancellationToken)
    {
        if (_cut is not { } cut)
            return true;

        await Task.WhenAny(cut.Task, Task.Delay(ConnectLimit, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return cut.Task.IsCompleted;
    }
}
