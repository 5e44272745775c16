using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>
/// Starts handshakes with the clients of one fleet whose sessions WireGuard has lost. An idle client notices the loss only when its session is two
/// minutes old, but answers a handshake of the gateway at once. A handshake starts when the peer's keepalive changes from 0 to another number, and the
/// keepalive is 0 again when the client has answered or has had time to. Not safe for concurrent use.
/// </summary>
internal sealed class Handshakes(TimeProvider time)
{
    /// <summary>The keepalive of a peer while its handshake is under way.</summary>
    public const int KeepaliveSeconds = 25;

    /// <summary>Maximum number of handshakes under way: half of what the kernel queues of an interface (4,096, drivers/net/wireguard/messages.h).</summary>
    public const int Limit = 2000;

    /// <summary>
    /// Maximum number of handshakes to start at a time. If more than 512 answers wait in the kernel, or 128 in wireguard-go, WireGuard asks the
    /// senders for proof of their addresses, which costs them 5 s.
    /// </summary>
    public const int BatchSize = 500;

    /// <summary>Time between two batches.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a client without an answer counts as under way. WireGuard tries again by itself, every 5 s for up to 90 s.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);

    private readonly Queue<Handshake> _waiting = [];
    private readonly Dictionary<WireGuardKey, Handshake> _started = [];
    private int _count;
    private int _answered;
    private long _beganAt;

    /// <summary>Whether handshakes are to be started or are under way.</summary>
    public bool AreUnderWay => _waiting.Count + _started.Count > 0;

    /// <summary>What has come of the handshakes so far.</summary>
    public HandshakeResult Result => new(_count, _answered, time.GetElapsedTime(_beganAt));

    /// <summary>Forgets all handshakes, because their interface is gone.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _started.Clear();
    }

    /// <summary>Notes that clients have lost their sessions. Those whose endpoint is unknown come back by themselves.</summary>
    public void Add(IEnumerable<RegisteredClient> clients)
    {
        if (!AreUnderWay)
            (_count, _answered, _beganAt) = (0, 0, time.GetTimestamp());

        // Whoever was seen last is most likely there.
        foreach (var client in clients.Where(c => c.Liveness.Endpoint is not null).OrderByDescending(c => c.Liveness.LastSeen))
        {
            _waiting.Enqueue(new Handshake(client, client.Liveness.LastHandshake, 0));
            _count++;
        }
    }

    /// <summary>The next changes of peers: ends the handshakes that are over, and starts as many as are allowed.</summary>
    /// <param name="device">The interface as it was read; what it says of clients has been noted in their <see cref="Liveness"/>.</param>
    /// <param name="fleet">The fleet's clients.</param>
    public List<PeerChange> Next(Device device, FleetSnapshot fleet)
    {
        EndSome();

        // Whatever has the keepalive of a handshake that is not under way: its handshake is over, or a server that was killed has left it.
        var changes = device.Peers.Where(p => p.KeepaliveSeconds == KeepaliveSeconds && !_started.ContainsKey(p.PublicKey))
            .Select(p => Change(p.PublicKey, 0)).ToList();
        for (var room = Math.Min(BatchSize, Limit - _started.Count); room > 0 && _waiting.TryDequeue(out var next);)
        {
            if (next.IsAnswered)
                _answered++;

            var key = next.Client.PublicKey;
            if (next.IsAnswered || !fleet.ByKey.ContainsKey(key))
                continue;

            _started[key] = next with { StartedAt = time.GetTimestamp() };
            changes.Add(Change(key, KeepaliveSeconds));
            room--;
        }

        return changes;
    }

    private void EndSome()
    {
        foreach (var (key, handshake) in _started)
        {
            if (handshake.IsAnswered)
                _answered++;
            else if (time.GetElapsedTime(handshake.StartedAt) < AnswerLimit)
                continue;

            _started.Remove(key);
        }
    }

    private static PeerChange Change(WireGuardKey key, int keepalive) => new(key) { KeepaliveSeconds = keepalive, UpdateOnly = true };

    /// <summary>A handshake that is waiting or under way.</summary>
    /// <param name="Client">The client.</param>
    /// <param name="Before">The client's last handshake before its session was lost; null for none.</param>
    /// <param name="StartedAt">When it was started, as <see cref="TimeProvider.GetTimestamp"/> counts.</param>
    private sealed record Handshake(RegisteredClient Client, DateTimeOffset? Before, long StartedAt)
    {
        public bool IsAnswered => Client.Liveness.LastHandshake != Before;
    }
}

/// <summary>What has come of the handshakes that the gateway started after sessions were lost.</summary>
/// <param name="Clients">The number of clients whose endpoint was known.</param>
/// <param name="Answered">How many of them have a session again.</param>
/// <param name="Elapsed">How long it has taken.</param>
internal readonly record struct HandshakeResult(int Clients, int Answered, TimeSpan Elapsed);
