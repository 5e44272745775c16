using WgFleet.Events;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks;

/// <summary>The services that all hooks share.</summary>
/// <param name="Domain">The domain of all names, which also names the server as the source of events.</param>
/// <param name="Events">The event log.</param>
/// <param name="Store">Cursors and deliveries.</param>
/// <param name="Latest">The latest published state.</param>
/// <param name="Files">Replaces files.</param>
/// <param name="Loops">Runs the hooks' workers.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logs">The log.</param>
internal sealed record HookServices(
    string Domain, EventLog Events, HookStore Store, LatestState Latest, IFileReplacer Files, Supervisor Loops, TimeProvider Time, ILoggerFactory Logs)
{
    /// <summary>Takes them from the server's services.</summary>
    public static HookServices Of(string domain, IServiceProvider provider) => new(
        domain,
        provider.GetRequiredService<EventLog>(),
        provider.GetRequiredService<HookStore>(),
        new LatestState(),
        provider.GetRequiredService<IFileReplacer>(),
        provider.GetRequiredService<Supervisor>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILoggerFactory>());
}
