using System.Globalization;
using WgFleet.Config;

namespace WgFleet.Tests.Config;

public class PhaseConfigTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-11-28 07:59", null)]
    [InlineData("2026-11-28 08:00", "2026-11-28 08:00 2026-11-28 13:00")]
    [InlineData("2026-11-28 12:59", "2026-11-28 08:00 2026-11-28 13:00")]
    [InlineData("2026-11-28 13:00", null)]
    [InlineData("2026-07-28 07:00", "2026-07-28 07:00 2026-07-28 12:00")]
    public void A_phase_of_every_day_follows_the_clocks_of_its_time_zone(string now, string? phase) =>
        Text(new PhaseConfig("contest", At(9), At(14), Berlin).At(Utc(now))).ShouldBe(phase);

    [Theory]
    [InlineData("2026-11-28 05:59", "2026-11-27 22:00 2026-11-28 06:00")]
    [InlineData("2026-11-28 06:00", null)]
    [InlineData("2026-11-28 22:00", "2026-11-28 22:00 2026-11-29 06:00")]
    public void A_phase_that_ends_before_it_begins_goes_past_midnight(string now, string? phase) =>
        Text(new PhaseConfig("night", At(22), At(6), TimeZoneInfo.Utc).At(Utc(now))).ShouldBe(phase);

    [Theory]
    [InlineData("2026-11-27 23:00", "2026-11-27 22:00 2026-11-28 06:00")]
    [InlineData("2026-11-28 05:00", "2026-11-27 22:00 2026-11-28 06:00")]
    [InlineData("2026-11-28 23:00", null)]
    public void A_phase_takes_place_on_the_days_on_which_it_begins(string now, string? phase) =>
        Text(new PhaseConfig("night", At(22), At(6), TimeZoneInfo.Utc) { Days = [DayOfWeek.Friday] }.At(Utc(now))).ShouldBe(phase);

    [Theory]
    [InlineData("2026-11-28 08:00", "2026-11-28 08:00 2026-11-29 17:30")]
    [InlineData("2026-11-29 17:30", null)]
    [InlineData("2026-11-30 08:00", null)]
    public void A_phase_with_dates_takes_place_once(string now, string? phase) =>
        Text(new PhaseConfig("camp", new(new(2026, 11, 28), new(8, 0)), new(new(2026, 11, 29), new(17, 30)), TimeZoneInfo.Utc).At(Utc(now))).ShouldBe(phase);

    [Fact]
    public void A_time_that_the_clocks_skip_is_when_they_skip_it_and_of_a_time_that_comes_twice_the_first_counts()
    {
        var phase = new PhaseConfig("night", At(2, 30), At(4), Berlin);

        Text(phase.At(Utc("2026-03-29 01:30"))).ShouldBe("2026-03-29 01:00 2026-03-29 02:00");
        Text(phase.At(Utc("2026-10-25 00:30"))).ShouldBe("2026-10-25 00:30 2026-10-25 03:00");
    }

    [Fact]
    public void The_next_phase_is_found_within_a_week()
    {
        var mondays = new PhaseConfig("exam", At(9), At(10), TimeZoneInfo.Utc) { Days = [DayOfWeek.Monday] };
        var camp = new PhaseConfig("camp", new(new(2026, 11, 28), new(8, 0)), new(new(2026, 11, 28), new(9, 0)), TimeZoneInfo.Utc);

        Text(mondays.After(Utc("2026-11-23 09:00"))).ShouldBe("2026-11-30 09:00 2026-11-30 10:00");
        Text(camp.After(Utc("2026-11-28 08:00"))).ShouldBeNull();
    }

    private static WallTime At(int hour, int minute = 0) => new(null, new TimeOnly(hour, minute));

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string? Text(Phase? phase) => phase is null ? null : string.Create(CultureInfo.InvariantCulture, $"{phase.From:yyyy-MM-dd HH:mm} {phase.Until:yyyy-MM-dd HH:mm}");
}
