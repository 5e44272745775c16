using WgFleet.Fleets.State;

namespace WgFleet.History;

/// <summary>One slot of a fleet's day: who was there at its end, and the traffic within it.</summary>
/// <param name="IsKnown">False where nobody looked.</param>
/// <param name="Clients">How many clients there were.</param>
/// <param name="Online">How many of them were online.</param>
/// <param name="Received">Bytes that came from all of them.</param>
/// <param name="Sent">Bytes that went to all of them.</param>
internal readonly record struct FleetPoint(bool IsKnown, int Clients, int Online, long Received, long Sent);

/// <summary>One fleet over the last day, in slots of five minutes: 288 of 32 bytes, and a trace of each client.</summary>
internal sealed class FleetHistory
{
    public const int Slots = 288;

    /// <summary>Over which time the present traffic is told; looks at WireGuard are up to 20 s apart.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Day<FleetPoint> _day = new(Slots);
    private readonly Dictionary<long, ClientTrafficHistory> _clients = [];
    private readonly Queue<(DateTimeOffset At, long Received, long Sent)> _totals = [];
    private long _received;
    private long _sent;

    /// <summary>Notes how the fleet is doing.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="now">The time.</param>
    /// <param name="since">When noting began: what clients were counted before that is none of our day.</param>
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

    /// <summary>The slots of the day that ends at a time.</summary>
    public FleetPoint[] Until(DateTimeOffset now)
    {
        lock (_gate)
            return _day.Until(now);
    }

    /// <summary>The same of one client; null if nothing is known of it.</summary>
    public (double Received, double Sent)[]? Until(DateTimeOffset now, long client)
    {
        lock (_gate)
            return _clients.GetValueOrDefault(client)?.Until(now);
    }

    /// <summary>Bytes a second, over the last minute.</summary>
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
        while (_totals.Peek().At is var at && (at < now - Lately || at > now))
            _totals.Dequeue();
    }
}
