namespace WgFleet.Fleets.State;

/// <summary>
/// When a client was last heard of, and its traffic. The one mutable thing that snapshots share: written by pings and by
/// looks at WireGuard, read by anyone, each field for itself without a lock.
/// </summary>
internal sealed class Liveness(DateTimeOffset lastPing)
{
    /// <summary>How long after its last sign of life a client counts as online: a live tunnel shakes hands every two minutes.</summary>
    private static readonly TimeSpan OnlineFor = TimeSpan.FromSeconds(180);

    private long _lastPing = lastPing.UtcTicks;
    private long _lastHandshake;
    private long _lastTraffic;
    private long _receivedBytes = -1;
    private long _sentBytes;
    private int _unsaved;

    /// <summary>The last ping, or the registration.</summary>
    public DateTimeOffset LastPing => At(_lastPing)!.Value;

    /// <summary>The last completed handshake; null if never.</summary>
    public DateTimeOffset? LastHandshake => At(Volatile.Read(ref _lastHandshake));

    /// <summary>When received bytes were last seen to have grown; null if not since the start.</summary>
    public DateTimeOffset? LastTraffic => At(Volatile.Read(ref _lastTraffic));

    /// <summary>The latest sign of life in the tunnel, a handshake or received bytes that grew; null if none is known.</summary>
    public DateTimeOffset? LastHeard => At(Math.Max(Volatile.Read(ref _lastHandshake), Volatile.Read(ref _lastTraffic)));

    /// <summary>The latest sign of life of any kind: a handshake, a ping, or received bytes that grew.</summary>
    public DateTimeOffset LastSeen => At(Math.Max(Volatile.Read(ref _lastPing), Math.Max(Volatile.Read(ref _lastHandshake), Volatile.Read(ref _lastTraffic))))!.Value;

    /// <summary>Whether the client was heard of lately.</summary>
    public bool IsOnline(DateTimeOffset now) => now - LastSeen <= OnlineFor;

    /// <summary>Bytes received from the client since its peer was added.</summary>
    public long ReceivedBytes => Math.Max(0, Volatile.Read(ref _receivedBytes));

    /// <summary>Bytes sent to the client since its peer was added.</summary>
    public long SentBytes => Volatile.Read(ref _sentBytes);

    /// <summary>The same two together, as the last look at WireGuard counted them; null before the first.</summary>
    public (long Received, long Sent)? Traffic => Volatile.Read(ref _receivedBytes) is >= 0 and var received ? (received, SentBytes) : null;

    /// <summary>Notes a ping.</summary>
    public void Pinged(DateTimeOffset now)
    {
        Volatile.Write(ref _lastPing, now.UtcTicks);
        Volatile.Write(ref _unsaved, 1);
    }

    /// <summary>Notes what WireGuard knows of the client at <paramref name="now"/>.</summary>
    public void Observed(DateTimeOffset? handshake, long receivedBytes, long sentBytes, DateTimeOffset now)
    {
        if (handshake is { } at && at.UtcTicks > Volatile.Read(ref _lastHandshake))
        {
            Volatile.Write(ref _lastHandshake, at.UtcTicks);
            Volatile.Write(ref _unsaved, 1);
        }

        // Before the other count, which tells readers that there was a look.
        Volatile.Write(ref _sentBytes, sentBytes);

        // The first look only tells what has come before; a smaller count is a peer that was made anew.
        var before = Interlocked.Exchange(ref _receivedBytes, receivedBytes);
        if (before >= 0 && receivedBytes > before)
            Volatile.Write(ref _lastTraffic, now.UtcTicks);
    }

    /// <summary>Takes over a handshake that was known before a restart.</summary>
    public void Restore(DateTimeOffset? handshake) => Volatile.Write(ref _lastHandshake, handshake?.UtcTicks ?? 0);

    /// <summary>True once for each stretch of changes that the database does not know of yet.</summary>
    public bool TakeUnsaved() => Volatile.Read(ref _unsaved) != 0 && Interlocked.Exchange(ref _unsaved, 0) != 0;

    /// <summary>Marks it to be saved again, after saving failed.</summary>
    public void MarkUnsaved() => Volatile.Write(ref _unsaved, 1);

    private static DateTimeOffset? At(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}
