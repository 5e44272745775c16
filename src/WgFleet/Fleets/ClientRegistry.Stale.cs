using WgFleet.Fleets.State;

namespace WgFleet.Fleets;

/// <content>Which clients have been silent for too long.</content>
internal sealed partial class ClientRegistry
{
    /// <summary>The longest time between two signs of life of a client that uses its tunnel: after it, WireGuard's sessions end, and a new handshake begins.</summary>
    private static readonly TimeSpan SignsOfLife = TimeSpan.FromMinutes(3);

    /// <summary>Whether a client is to be pruned: it is not pinned, has been silent for too long, and prune_grace after a lost interface is over.</summary>
    public bool IsStale(RegisteredClient client) => IsStale(client, time.GetUtcNow());

    /// <summary>
    /// Whether a client is stale, or will be soon if it stays silent. Clients that lose the gateway at one moment become stale one after the other, over the
    /// time between two signs of life. Where prune_timeout is short, soon is a quarter of it.
    /// </summary>
    public bool IsStaleSoon(RegisteredClient client) =>
        IsStale(client, time.GetUtcNow() + TimeSpan.FromTicks(Math.Min(SignsOfLife.Ticks, TimeoutOf(client).Ticks / 4)));

    private bool IsStale(RegisteredClient client, DateTimeOffset at)
    {
        var lost = links[client.Fleet].SessionsLostAt;
        return client.Pinned is null
            && at - client.Liveness.LastSeen > TimeoutOf(client)
            && (client.RegisteredAt >= lost || at - lost > config.PruneGrace);
    }

    private TimeSpan TimeoutOf(RegisteredClient client) => client.PruneTimeout ?? config.PruneTimeout;
}
