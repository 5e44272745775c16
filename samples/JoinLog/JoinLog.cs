using Microsoft.Extensions.Logging;
using WgFleet.Hooks;

namespace JoinLog;

/// <summary>A hook as a plugin: appends a line to the file of its settings when a machine joins or leaves.</summary>
[Hook("join_log", Order = 50)]
public sealed class JoinLog : IHook<ClientAdded>, IHook<ClientRemoved>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
    {
        await AppendAsync($"{fleetEvent.Time:O} {fleetEvent.Client.Address} has joined {fleetEvent.Client.Fleet}", context, cancellationToken);
        context.Logger.LogInformation("{Address} is in the log", fleetEvent.Client.Address);
    }

    /// <inheritdoc/>
    public ValueTask HandleAsync(ClientRemoved fleetEvent, HookContext context, CancellationToken cancellationToken) =>
        AppendAsync($"{fleetEvent.Time:O} {fleetEvent.Client.Address} has left {fleetEvent.Client.Fleet}: {fleetEvent.Reason}", context, cancellationToken);

    private static async ValueTask AppendAsync(string line, HookContext context, CancellationToken cancellationToken) =>
        await File.AppendAllTextAsync(context.Settings["path"], line + "\n", cancellationToken);
}
