using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Queries;

/// <summary>The named clients that were pruned within prometheus_keep and have not registered again. Reads the event log again only after a new event.</summary>
internal sealed class RecentlyPruned(EventQueries events, ServerConfig config, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private long _sequence = -1;
    private IReadOnlyList<ClientRemoved> _pruned = [];

    public async Task<IReadOnlyList<Client>> ReadAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - config.PrometheusKeep;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_sequence != snapshot.Sequence)
            {
                var removed = await events.RemovedSinceAsync(since.UtcDateTime, cancellationToken);
                _pruned = [.. removed.Select(EventJson.FromRow).OfType<ClientRemoved>().Where(r => r is { Reason: "stale", Client.Hostname: not null })];
                _sequence = snapshot.Sequence;
            }

            var seen = new HashSet<(string, string)>();
            var now = time.GetUtcNow();
            return [.. _pruned.Where(r => r.Time > since && r.Time <= now && IsAway(snapshot, r.Client) && seen.Add((r.Client.Fleet, r.Client.Hostname!))).Select(r => r.Client)];
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static bool IsAway(Snapshot snapshot, Client client) =>
        snapshot.Fleet(client.Fleet) is { } fleet && !fleet.ByHostname.ContainsKey(client.Hostname!) && !fleet.ByAddress.ContainsKey(client.Address);
}
