using System.Globalization;
using System.Text.RegularExpressions;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>fleets.NAME.phases</c>.</summary>
internal static partial class PhaseReader
{
    private const string Use = "use a list of phases, each with the keys name, from and to";

    private static readonly ValueParser<string> Name = new("use 1 to 32 of A-Z a-z 0-9 . _ and -, such as contest", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return NameFormat().IsMatch(value) ? null : "is not a phase's name";
    });

    private static readonly ValueParser<WallTime> Time = new("use a time such as 09:00, or with a date 2026-11-28 09:00", (YamlScalar scalar, out WallTime value) =>
    {
        value = default;
        if (TimeOnly.TryParseExact(scalar.Text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            value = new WallTime(null, time);
        else if (DateTime.TryParseExact(scalar.Text, ["yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var both))
            value = new WallTime(DateOnly.FromDateTime(both), TimeOnly.FromDateTime(both));
        else
            return "is not a time";

        return null;
    });

    private static readonly ValueParser<TimeZoneInfo> Zone = new("use one such as Europe/Berlin or UTC; the package tzdata has them",
        (YamlScalar scalar, out TimeZoneInfo value) => TimeZoneInfo.TryFindSystemTimeZoneById(scalar.Text, out value!) ? null : "is not a time zone of this machine");

    private static readonly (string Word, DayOfWeek Day)[] Week =
    [
        ("mon", DayOfWeek.Monday), ("tue", DayOfWeek.Tuesday), ("wed", DayOfWeek.Wednesday), ("thu", DayOfWeek.Thursday), ("fri", DayOfWeek.Friday),
        ("sat", DayOfWeek.Saturday), ("sun", DayOfWeek.Sunday),
    ];

    private static readonly ListKind<DayOfWeek> Days = new(Values.OneOf("a day", Week), "use a list of days, such as [mon, tue]");

    private static readonly ValueParser<bool> Closes = Values.OneOf("a kind of enrollment", [("closed", true), ("unchanged", false)]);

    /// <summary>The valid phases, in the order of the file.</summary>
    public static IReadOnlyList<PhaseConfig> Read(Section fleet, Diagnostics findings) =>
        fleet.Sections("phases", ConfigKeys.Phase, Use).Select(phase => Phase(phase, findings)).OfType<PhaseConfig>().ToArray();

    private static PhaseConfig? Phase(Section section, Diagnostics findings)
    {
        var (name, from, to) = (section.Required("name", Name), section.Required("from", Time), section.Required("to", Time));
        var days = section.OptionalList("days", Days);
        var (zone, freezes, closes) = (section.Optional("time_zone", Zone), section.Optional("freeze", Values.Boolean), section.Optional("enrollment", Closes));
        if (name is null || from is not { Value: var begin } || to is not { Value: var end, Line: var line })
            return null;

        if (Wrong(begin, end) is { } wrong)
            findings.Problem(line, section.PathOf("to"), wrong);
        else if (days is not null && begin.Date is not null)
            findings.Problem(section.Find("days")!.Value.Line, section.PathOf("days"), "stands beside dates, drop the days, or the dates");

        return new PhaseConfig(name.Value.Value, begin, end, zone?.Value ?? TimeZoneInfo.Local)
        {
            Days = days, Freezes = freezes?.Value ?? true, ClosesEnrollment = closes?.Value ?? true,
        };
    }

    private static string? Wrong(WallTime from, WallTime to) => (from.Date, to.Date) switch
    {
        (null, null) => from.Time == to.Time ? "is the time of from, use another" : null,
        (null, _) => "has a date, but from has none, use a date for both or for neither",
        (_, null) => "has no date, but from has one, use a date for both or for neither",
        var (first, last) => last.Value.ToDateTime(to.Time) <= first.Value.ToDateTime(from.Time) ? "is not after from, use a later time" : null,
    };

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameFormat();
}
