using WgFleet.Hooks;

namespace BenchHooks;

/// <summary>Blocks its thread for ever at the first event of a client, and ignores the cancellation token.</summary>
[Hook("bench_block")]
public sealed class Block : IHook<ClientHostnameChanged>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(ClientHostnameChanged fleetEvent, HookContext context, CancellationToken cancellationToken)
    {
        Thread.Sleep(Timeout.Infinite);
        return ValueTask.CompletedTask;
    }
}
