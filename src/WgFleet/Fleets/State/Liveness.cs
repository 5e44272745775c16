using System.Net;

namespace WgFleet.Fleets.State;

/// <summary>
/// When and where from a client was last seen, and its traffic. The only mutable state that snapshots share: written by pings and by
/// readings of WireGuard, read by any thread, each field by itself and without a lock.
/// </summary>
/// <param name="lastPing">The last ping, or the registration.</param>
/// <param name="offlineAfter">How long a client is silent in its tunnel until it is offline.</param>
/// <param name="lastHandshake">The last handshake that was known before a restart; null for none.</param>
/// <param name="endpoint">The endpoint that was known before a restart; null for none.</param>
internal sealed partial class Liveness(DateTimeOffset lastPing, TimeSpan offlineAfter, DateTimeOffset? lastHandshake = null, IPEndPoint? endpoint = null)
{
    private long _lastPing = lastPing.UtcTicks;
    private long _lastHandshake = lastHandshake?.UtcTicks ?? 0;
    private long _lastTraffic;
    private long _receivedBytes = -1;
    private long _sentBytes;
    private IPEndPoint? _endpoint = endpoint;
    private int _unsaved;

    /// <summary>The last ping, or the registration.</summary>
    public DateTimeOffset LastPing => At(_lastPing)!.Value;

    /// <summary>The last completed handshake; null if never.</summary>
    public DateTimeOffset? LastHandshake => At(Volatile.Read(ref _lastHandshake));

    /// <summary>The address and UDP port that WireGuard last heard the client from; null if unknown. It may be stale.</summary>
    public IPEndPoint? Endpoint => Volatile.Read(ref _endpoint);

    /// <summary>When received bytes last grew; null if not since the start.</summary>
    public DateTimeOffset? LastTraffic => At(Volatile.Read(ref _lastTraffic));

    /// <summary>The latest sign of life in the tunnel, a handshake or received bytes that grew; null if none is known.</summary>
    public DateTimeOffset? LastHeard => At(Math.Max(Volatile.Read(ref _lastHandshake), Volatile.Read(ref _lastTraffic)));

    /// <summary>The latest sign of life of any kind: a handshake, a ping, or received bytes that grew.</summary>
    public DateTimeOffset LastSeen => At(Math.Max(Volatile.Read(ref _lastPing), Math.Max(Volatile.Read(ref _lastHandshake), Volatile.Read(ref _lastTraffic))))!.Value;

    /// <summary>
    /// Whether the client is online: a handshake or traffic within offline_after. Pings and registrations do not count, since they need no
    /// tunnel. Pages, API, command line, charts and hooks all go by this.
    /// </summary>
    public bool IsOnline(DateTimeOffset now) => LastHeard is { } at && now - at <= offlineAfter;

    /// <summary>Bytes received from the client since its peer was added.</summary>
    public long ReceivedBytes => Math.Max(0, Volatile.Read(ref _receivedBytes));

    /// <summary>Bytes sent to the client since its peer was added.</summary>
    public long SentBytes => Volatile.Read(ref _sentBytes);

    /// <summary>Received and sent bytes as of the last reading of WireGuard; null before the first.</summary>
    public (long Received, long Sent)? Traffic => Volatile.Read(ref _receivedBytes) is >= 0 and var received ? (received, SentBytes) : null;

    /// <summary>
    /// Replaces times in the future, from a clock that was ahead, by <paramref name="now"/>. Otherwise the client would count as seen for as long
    /// as the clock was ahead.
    /// </summary>
    public void Clamp(DateTimeOffset now)
    {
        if (ClampTime(ref _lastPing, now) | ClampTime(ref _lastHandshake, now) | ClampTime(ref _lastTraffic, now))
            MarkUnsaved();
    }

    /// <summary>Notes a ping.</summary>
    public void Pinged(DateTimeOffset now)
    {
        Volatile.Write(ref _lastPing, now.UtcTicks);
        Volatile.Write(ref _unsaved, 1);
    }

    /// <summary>Notes what WireGuard knows of the client at <paramref name="now"/>. Gives the bytes that were received and sent since it was noted before.</summary>
    public (long Received, long Sent) Observed(DateTimeOffset? handshake, long receivedBytes, long sentBytes, DateTimeOffset now)
    {
        // WireGuard stores the time of a handshake by the clock of that moment; a time in the future says nothing.
        if (handshake is { } at && at <= now && at.UtcTicks > Volatile.Read(ref _lastHandshake))
        {
            Volatile.Write(ref _lastHandshake, at.UtcTicks);
            Volatile.Write(ref _unsaved, 1);
        }

        // Before the received bytes, by which readers see that there was a reading.
        var sentBefore = Interlocked.Exchange(ref _sentBytes, sentBytes);

        // The first reading only shows what was received before; a smaller count means that the peer is new.
        var before = Interlocked.Exchange(ref _receivedBytes, receivedBytes);
        if (before >= 0 && receivedBytes > before)
            Volatile.Write(ref _lastTraffic, now.UtcTicks);

        return before < 0 ? default : (Growth(before, receivedBytes), Growth(sentBefore, sentBytes));

        static long Growth(long before, long now) => now >= before ? now - before : now;
    }

    /// <summary>Notes which endpoint WireGuard has for the client. An unknown one changes nothing: WireGuard forgets all of them with the interface.</summary>
    public void HeardFrom(IPEndPoint? endpoint, DateTimeOffset now)
    {
        // The scope of a link-local address is the number of an interface, which a reboot may change.
        if (endpoint is null || endpoint.Equals(_endpoint) || endpoint.Address.IsIPv6LinkLocal)
            return;

        if (_endpoint is { } before)
            Moved(before, endpoint, now);

        Volatile.Write(ref _endpoint, endpoint);
        MarkUnsaved();
    }

    /// <summary>Whether there are changes to save; resets it to false.</summary>
    public bool TakeUnsaved() => Volatile.Read(ref _unsaved) != 0 && Interlocked.Exchange(ref _unsaved, 0) != 0;

    /// <summary>Marks it as unsaved again, after saving failed.</summary>
    public void MarkUnsaved() => Volatile.Write(ref _unsaved, 1);

    private static bool ClampTime(ref long time, DateTimeOffset now)
    {
        if (Volatile.Read(ref time) <= now.UtcTicks)
            return false;

        Volatile.Write(ref time, now.UtcTicks);
        return true;
    }

    private static DateTimeOffset? At(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}
