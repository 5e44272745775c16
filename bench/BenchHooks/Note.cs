using WgFleet.Hooks;

namespace BenchHooks;

/// <summary>Appends each event's id to the file that its settings name.</summary>
[Hook("bench_note")]
public sealed class Note : IHook<FleetEvent>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(FleetEvent fleetEvent, HookContext context, CancellationToken cancellationToken)
    {
        File.AppendAllText(context.Settings["path"], fleetEvent.Id + "\n");
        return ValueTask.CompletedTask;
    }
}
