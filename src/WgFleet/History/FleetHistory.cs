using WgFleet.Fleets.State;

namespace WgFleet.History;

/// <summary>One slot of a fleet's day.</summary>
/// <param name="IsKnown">False if there was no sample in it.</param>
/// <param name="Clients">The clients at its last sample.</param>
/// <param name="Online">The clients online at its last sample.</param>
/// <param name="Received">Bytes received from all clients.</param>
/// <param name="Sent">Bytes sent to all clients.</param>
internal readonly record struct FleetPoint(bool IsKnown, int Clients, int Online, long Received, long Sent);

/// <summary>One fleet over the last day, in 288 slots of five minutes, and the traffic of each of its clients.</summary>
internal sealed class FleetHistory
{
    public const int Slots = 288;

    /// <summary>The time over which the present rate is computed: WireGuard is read up to 20 s apart.</summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Day<FleetPoint> _day = new(Slots);
    private readonly Dictionary<long, ClientTrafficHistory> _clients = [];
    private readonly Queue<(DateTimeOffset At, long Received, long Sent)> _totals = [];
    private long _received;
    private long _sent;

    /// <summary>Takes a sample.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="now">The time.</param>
    /// <param name="since">When sampling began. Traffic of clients from before that does not count.</param>
    public void Take(FleetSnapshot fleet, DateTimeOffset now, DateTimeOffset since)
    {
        lock (_gate)
        {
            var (online, received, sent) = (0, 0L, 0L);
            foreach (var (id, member) in fleet.ById)
            {
                if (member.Liveness.IsOnline(now))
                    online++;
                if (member.Liveness.Traffic is not { } counted)
                    continue;

                if (!_clients.TryGetValue(id, out var client))
                    _clients.Add(id, client = new ClientTrafficHistory(member.RegisteredAt >= since ? (0, 0) : null));

                var grown = client.Take(counted, now);
                received += grown.Received;
                sent += grown.Sent;
            }

            if (_clients.Count > fleet.Count)
            {
                foreach (var gone in _clients.Keys.Where(id => !fleet.ById.ContainsKey(id)).ToList())
                    _clients.Remove(gone);
            }

            ref var point = ref _day.At(now);
            point = new(true, fleet.Count, online, point.Received + received, point.Sent + sent);
            Total(now, received, sent);
        }
    }

    /// <summary>The slots of the day that ends at <paramref name="now"/>.</summary>
    public FleetPoint[] Until(DateTimeOffset now)
    {
        lock (_gate)
            return _day.Until(now);
    }

    /// <summary>Bytes per slot of one client; null if the client is unknown.</summary>
    public (double Received, double Sent)[]? Until(DateTimeOffset now, long client)
    {
        lock (_gate)
            return _clients.GetValueOrDefault(client)?.Until(now);
    }

    /// <summary>Bytes per second over the last minute.</summary>
    public (long Received, long Sent) Rate()
    {
        lock (_gate)
        {
            if (!_totals.TryPeek(out var first) || _totals.Last() is var last && last.At <= first.At)
                return default;

            var seconds = (last.At - first.At).TotalSeconds;
            return ((long)((last.Received - first.Received) / seconds), (long)((last.Sent - first.Sent) / seconds));
        }
    }

    private void Total(DateTimeOffset now, long received, long sent)
    {
        _totals.Enqueue((now, _received += received, _sent += sent));
        while (_totals.Peek().At is var at && (at < now - RateWindow || at > now))
            _totals.Dequeue();
    }
}
