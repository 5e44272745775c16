using WgFleet.Config;

namespace WgFleet.Tests.Config;

public class PhaseProblemTests
{
    private const string TimeUse = "use a time such as 09:00, or with a date 2026-11-28 09:00";
    private const string ListUse = "use a list of phases, each with the keys name, from and to";

    [Theory]
    [InlineData("5", "phases: is 5, " + ListUse)]
    [InlineData("", "phases: has no value, " + ListUse)]
    [InlineData("[5]", "phases[0]: is 5, " + ListUse)]
    [InlineData("[{name: a b, from: 09:00, to: 10:00}]", "phases[0].name: 'a b' is not a phase's name, use 1 to 32 of A-Z a-z 0-9 . _ and -, such as contest")]
    [InlineData("[{name: a, to: 10:00}]", "phases[0].from: is missing, " + TimeUse)]
    [InlineData("[{name: a, from: 9, to: 10:00}]", "phases[0].from: 9 is not a time, " + TimeUse)]
    [InlineData("[{name: a, from: 24:00, to: 10:00}]", "phases[0].from: '24:00' is not a time, " + TimeUse)]
    [InlineData("[{name: a, from: 09:00, to: 09:00}]", "phases[0].to: is the time of from, use another")]
    [InlineData("[{name: a, from: 09:00, to: 2026-11-28 10:00}]", "phases[0].to: has a date, but from has none, use a date for both or for neither")]
    [InlineData("[{name: a, from: 2026-11-28 09:00, to: 10:00}]", "phases[0].to: has no date, but from has one, use a date for both or for neither")]
    [InlineData("[{name: a, from: 2026-11-28 09:00, to: 2026-11-28 09:00}]", "phases[0].to: is not after from, use a later time")]
    [InlineData("[{name: a, from: 2026-11-28 09:00, to: 2026-11-28T10:00, days: [mon]}]", "phases[0].days: stands beside dates, drop the days, or the dates")]
    [InlineData("[{name: a, from: 09:00, to: 10:00, days: [monday]}]", "phases[0].days[0]: 'monday' is not a day, use mon, tue, wed, thu, fri, sat or sun")]
    [InlineData("[{name: a, from: 09:00, to: 10:00, time_zone: Berlin}]", "phases[0].time_zone: 'Berlin' is not a time zone of this machine, use one such as Europe/Berlin or UTC; the package tzdata has them")]
    [InlineData("[{name: a, from: 09:00, to: 10:00, freeze: yes}]", "phases[0].freeze: 'yes' is neither true nor false, use true or false")]
    [InlineData("[{name: a, from: 09:00, to: 10:00, enrollment: open}]", "phases[0].enrollment: 'open' is not a kind of enrollment, use closed or unchanged")]
    public void A_phase_that_cannot_be_understood_is_refused(string value, string problem) =>
        Yaml.Problems(Yaml.Minimal + $"    phases: {value}\n").ShouldBe($"FILE:9: fleets.alpha.{problem}");

    [Fact]
    public void A_phase_is_read_with_its_days_and_what_it_does()
    {
        var phases = Yaml.Valid(Yaml.Minimal + """
                phases:
                  - {name: contest, from: 2026-11-28 09:00, to: 2026-11-28 14:00, time_zone: Europe/Berlin}
                  - {name: night, from: "22:00", to: "06:00", days: [fri, sat], time_zone: UTC, freeze: false, enrollment: unchanged}

            """).Fleets[0].Phases;

        phases[0].ShouldBe(new PhaseConfig("contest", new(new(2026, 11, 28), new(9, 0)), new(new(2026, 11, 28), new(14, 0)), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")));
        phases[1].Days.ShouldBe([DayOfWeek.Friday, DayOfWeek.Saturday]);
        (phases[1].Freezes, phases[1].ClosesEnrollment).ShouldBe((false, false));
    }
}
