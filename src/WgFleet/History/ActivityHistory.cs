using System.Collections.Concurrent;
using WgFleet.Fleets.State;

namespace WgFleet.History;

/// <summary>The last day of every fleet and client, for charts: clients, clients online, traffic. Kept in memory; empty after a restart. Safe for concurrent use.</summary>
internal sealed class ActivityHistory(TimeProvider time)
{
    /// <summary>Time between two calls of <see cref="Take"/>.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, FleetHistory> _fleets = new();

    /// <summary>When sampling began.</summary>
    public DateTimeOffset Since { get; private set; } = time.GetUtcNow();

    /// <summary>Takes a sample of all fleets.</summary>
    public void Take(Snapshot snapshot)
    {
        var now = time.GetUtcNow();

        // The clock was ahead when the server started.
        if (Since > now)
            Since = now;

        foreach (var fleet in snapshot.Fleets)
            _fleets.GetOrAdd(fleet.Config.Name, _ => new()).Take(fleet, now, Since);
    }

    /// <summary>The last day of a fleet.</summary>
    public FleetDay Of(string fleet, DateTimeOffset now) => new(Span(now, FleetHistory.Slots), _fleets.GetValueOrDefault(fleet)?.Until(now) ?? new FleetPoint[FleetHistory.Slots]);

    /// <summary>The last day of a client.</summary>
    public ClientDay Of(string fleet, long client, DateTimeOffset now) =>
        new(Span(now, ClientTrafficHistory.Slots), _fleets.GetValueOrDefault(fleet)?.Until(now, client) ?? new (double, double)[ClientTrafficHistory.Slots]);

    /// <summary>Bytes per second that a fleet received and sent over the last minute.</summary>
    public (long Received, long Sent) Rate(string fleet) => _fleets.GetValueOrDefault(fleet)?.Rate() ?? default;

    private DaySpan Span(DateTimeOffset now, int slots) => new(slots, Since, now);
}

/// <summary>The times of the slots of a day.</summary>
/// <param name="Slots">The number of slots.</param>
/// <param name="Since">When sampling began.</param>
/// <param name="Now">The end of the day, within the last slot.</param>
internal readonly record struct DaySpan(int Slots, DateTimeOffset Since, DateTimeOffset Now)
{
    /// <summary>Minimum sampled time in a slot for a rate, because WireGuard is read up to 20 s apart.</summary>
    private static readonly TimeSpan MinSampled = TimeSpan.FromSeconds(60);

    public DateTimeOffset StartOf(int slot) => Day<int>.StartOf(slot, Slots, Now);

    /// <summary>The sampled seconds of a slot; null if they are too few for a rate.</summary>
    public double? Seconds(int slot)
    {
        var (start, end) = (StartOf(slot), StartOf(slot + 1));
        var sampled = (end < Now ? end : Now) - (start > Since ? start : Since);
        return sampled >= MinSampled ? sampled.TotalSeconds : null;
    }
}

/// <summary>A fleet's last day.</summary>
internal sealed record FleetDay(DaySpan Span, FleetPoint[] Points);

/// <summary>A client's last day: bytes per slot.</summary>
internal sealed record ClientDay(DaySpan Span, (double Received, double Sent)[] Points);
