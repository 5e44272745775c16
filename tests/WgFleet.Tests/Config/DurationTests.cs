using WgFleet.Config;

namespace WgFleet.Tests.Config;

public class DurationTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 30 * 60)]
    [InlineData("1h30m", 90 * 60)]
    [InlineData("1h 30m", 90 * 60)]
    [InlineData("1h  30m", 90 * 60)]
    [InlineData("2d", 2 * 86400)]
    [InlineData("1d2h3m4s", 86400 + 7200 + 180 + 4)]
    [InlineData("1m 500ms", 60.5)]
    [InlineData("500ms", 0.5)]
    [InlineData("100m", 6000)]
    [InlineData("007s", 7)]
    [InlineData("0s", 0)]
    [InlineData("3650d", 3650 * 86400.0)]
    public void Durations_are_read_as_people_write_them(string text, double seconds)
    {
        Duration.TryParse(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("5")]
    [InlineData("1h30")]
    [InlineData("-1m")]
    [InlineData("+1m")]
    [InlineData("1.5h")]
    [InlineData("1H")]
    [InlineData("1M")]
    [InlineData("30m1h")]
    [InlineData("1h1h")]
    [InlineData("junk1mjunk")]
    [InlineData("1m\n")]
    [InlineData(" 1m")]
    [InlineData("1m ")]
    [InlineData("1 m")]
    [InlineData("1h,30m")]
    [InlineData("1w")]
    [InlineData("m")]
    [InlineData("٣m")]
    [InlineData("3651d")]
    [InlineData("999999999d999999999h")]
    [InlineData("99999999999999999999s")]
    public void Any_other_text_is_not_a_duration(string text) => Duration.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("0s")]
    [InlineData("500ms")]
    [InlineData("90m", "1h30m")]
    [InlineData("24h", "1d")]
    [InlineData("1d2h3m4s5ms")]
    public void A_duration_is_printed_as_the_shortest_text_that_means_the_same(string text, string? printed = null)
    {
        Duration.TryParse(text, out var duration).ShouldBeTrue();
        Duration.ToText(duration).ShouldBe(printed ?? text);
    }
}
