using System.Globalization;

namespace WgFleet.Config;

/// <summary>When a phase of a fleet takes place, and what it does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">When it begins, on the clocks of the time zone: once, or every day.</param>
/// <param name="To">When it ends: with a date if the beginning has one.</param>
/// <param name="TimeZone">The time zone of both.</param>
internal sealed record PhaseConfig(string Name, WallTime From, WallTime To, TimeZoneInfo TimeZone)
{
    /// <summary>The days on which it begins, if it has no date; null for every day.</summary>
    public IReadOnlyList<DayOfWeek>? Days { get; init; }

    /// <summary>Whether no client is pruned and no name changes.</summary>
    public bool Freezes { get; init; } = true;

    /// <summary>Whether no new machine can join.</summary>
    public bool ClosesEnrollment { get; init; } = true;

    /// <summary>The phase at a time; null if it does not take place then.</summary>
    public Phase? At(DateTimeOffset now) => Around(now).FirstOrDefault(p => p.From <= now && now < p.Until);

    /// <summary>The next phase that begins after a time, within a week; null if there is none.</summary>
    public Phase? After(DateTimeOffset now) => Around(now).FirstOrDefault(p => p.From > now);

    /// <summary>The one that began yesterday, which may go past midnight, and those of the next week.</summary>
    private IEnumerable<Phase> Around(DateTimeOffset now)
    {
        if (From.Date is { } date)
            return [Of(date, To.Date!.Value)];

        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZone).DateTime);
        return Enumerable.Range(-1, 9).Select(today.AddDays).Where(day => Days?.Contains(day.DayOfWeek) != false)
            .Select(day => Of(day, To.Time > From.Time ? day : day.AddDays(1)));
    }

    private Phase Of(DateOnly from, DateOnly to) => new(Name, Utc(from, From.Time), Utc(to, To.Time), Freezes, ClosesEnrollment);

    private DateTimeOffset Utc(DateOnly date, TimeOnly time)
    {
        // A time that the clocks skip in spring is taken as the moment at which they skip it.
        var local = date.ToDateTime(time);
        while (TimeZone.IsInvalidTime(local))
            local = local.AddMinutes(1);

        // Of a time that comes twice in autumn, the first.
        var offset = TimeZone.IsAmbiguousTime(local) ? TimeZone.GetAmbiguousTimeOffsets(local).Max() : TimeZone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}

/// <summary>A time as clocks on the wall show it: of one date, or of every day.</summary>
internal readonly record struct WallTime(DateOnly? Date, TimeOnly Time);

/// <summary>A named state that a fleet is in for a while, such as a contest.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">When it began.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Freezes">Whether no client is pruned and no name changes.</param>
/// <param name="ClosesEnrollment">Whether no new machine can join; machines that are clients can register again.</param>
internal sealed record Phase(string Name, DateTimeOffset From, DateTimeOffset Until, bool Freezes, bool ClosesEnrollment)
{
    /// <summary>Its name and its end, for a sentence.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"the phase {Name} until {Until.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}");
}
