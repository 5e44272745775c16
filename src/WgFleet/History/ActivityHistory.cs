using System.Collections.Concurrent;
using WgFleet.Fleets.State;

namespace WgFleet.History;

/// <summary>What the dashboard knows of the last day: how many clients there were, and their traffic. In memory; a restart begins anew.</summary>
internal sealed class ActivityHistory(TimeProvider time)
{
    /// <summary>Time between two calls of <see cref="Take"/>.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, FleetHistory> _fleets = new();

    /// <summary>When it began.</summary>
    public DateTimeOffset Since { get; } = time.GetUtcNow();

    /// <summary>Notes how all fleets are doing now.</summary>
    public void Take(Snapshot snapshot)
    {
        var now = time.GetUtcNow();
        foreach (var fleet in snapshot.Fleets)
            _fleets.GetOrAdd(fleet.Config.Name, _ => new()).Take(fleet, now, Since);
    }

    /// <summary>The last day of a fleet.</summary>
    public FleetDay Of(string fleet, DateTimeOffset now) => new(Span(now, FleetHistory.Slots), _fleets.GetValueOrDefault(fleet)?.Until(now) ?? new FleetPoint[FleetHistory.Slots]);

    /// <summary>The last day of a client.</summary>
    public ClientDay Of(string fleet, long client, DateTimeOffset now) =>
        new(Span(now, ClientTrafficHistory.Slots), _fleets.GetValueOrDefault(fleet)?.Until(now, client) ?? new (double, double)[ClientTrafficHistory.Slots]);

    /// <summary>Bytes a second that a fleet receives and sends at present.</summary>
    public (long Received, long Sent) Rate(string fleet) => _fleets.GetValueOrDefault(fleet)?.Rate() ?? default;

    private DaySpan Span(DateTimeOffset now, int slots) => new(slots, Since, now);
}

/// <summary>Which time the slots of a day stand for.</summary>
/// <param name="Slots">How many there are.</param>
/// <param name="Since">When noting began.</param>
/// <param name="Now">The day's end, within the last slot.</param>
internal readonly record struct DaySpan(int Slots, DateTimeOffset Since, DateTimeOffset Now)
{
    /// <summary>So much of a slot must be over before its traffic says something: looks at WireGuard are up to 20 s apart.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    public DateTimeOffset StartOf(int slot) => Day<int>.StartOf(slot, Slots, Now);

    /// <summary>Seconds of a slot in which somebody looked; null if they are none, or too few.</summary>
    public double? Seconds(int slot)
    {
        var (start, end) = (StartOf(slot), StartOf(slot + 1));
        var seen = (end < Now ? end : Now) - (start > Since ? start : Since);
        return seen >= Enough ? seen.TotalSeconds : null;
    }
}

/// <summary>A fleet's last day.</summary>
internal sealed record FleetDay(DaySpan Span, FleetPoint[] Points);

/// <summary>A client's last day: the bytes of each slot.</summary>
internal sealed record ClientDay(DaySpan Span, (double Received, double Sent)[] Points);
