using System.Globalization;
using WgFleet.Hooks.Projections.Templates;

namespace WgFleet.Tests.Hooks.Projections.Templates;

public class SerialTests
{
    [Fact]
    public void A_new_file_has_the_number_of_the_state() => Settle("soa $ 60\na\n", null, 7).ShouldBe("soa 7 60\na\n");

    [Fact]
    public void A_text_without_serial_is_unchanged_and_the_file_is_not_read() =>
        Serial.Settle("a\n", () => throw new InvalidOperationException(), 7).ShouldBe("a\n");

    [Fact]
    public void A_later_state_that_changes_nothing_else_leaves_the_file_as_it_is() =>
        Settle("soa $ 60\na\n", "soa 7 60\na\n", 9).ShouldBe("soa 7 60\na\n");

    [Fact]
    public void A_later_state_that_changes_something_has_its_own_number() =>
        Settle("soa $ 60\nb\n", "soa 7 60\na\n", 9).ShouldBe("soa 9 60\nb\n");

    [Theory]
    [InlineData(7)]
    [InlineData(3)]
    public void A_change_always_increases_the_number(long sequence) =>
        Settle("soa $ 60\nb\n", "soa 7 60\na\n", sequence).ShouldBe("soa 8 60\nb\n");

    [Fact]
    public void Text_before_the_number_may_change_too() =>
        Settle("; new\nsoa $ 60\na\n", "; old\nsoa 7 60\na\n", 3).ShouldBe("; new\nsoa 8 60\na\n");

    [Fact]
    public void The_number_may_be_alone_on_a_line_twice_on_a_line_or_at_the_end()
    {
        Settle("soa (\n  $ ; serial\n  60 )\nb\n", "soa (\n  7 ; serial\n  60 )\na\n", 3).ShouldBe("soa (\n  8 ; serial\n  60 )\nb\n");
        Settle("soa $ $\nb", "soa 7 7\na", 3).ShouldBe("soa 8 8\nb");
        Settle("b\n$", "a\n7", 3).ShouldBe("b\n8");
    }

    [Theory]
    [InlineData("something else\n")]
    [InlineData("")]
    [InlineData("soa 99999999999 60\n")]
    [InlineData("soa 4294967296 60\n")]
    public void A_file_without_a_number_is_replaced(string existing) => Settle("soa $ 60\n", existing, 9).ShouldBe("soa 9 60\n");

    [Theory]
    [InlineData("4294967295", 4294967295, "0")]
    [InlineData("4294967290", 4294967299, "3")]
    public void The_number_wraps_around_as_serial_numbers_do(string last, long sequence, string next) =>
        Settle("soa $ 60\nb\n", $"soa {last} 60\na\n", sequence).ShouldBe($"soa {next} 60\nb\n");

    [Fact]
    public void The_number_grows_exactly_when_the_rest_of_the_file_changes()
    {
        var random = new Random(5);
        string? file = null;
        uint last = 0;
        var rest = -1;
        for (long sequence = 1; sequence < 500; sequence += random.Next(0, 3))
        {
            var now = random.Next(0, 3);
            file = Settle($"soa $ 60\n{now}\n", file, sequence);

            var serial = uint.Parse(file.Split(' ')[1], CultureInfo.InvariantCulture);
            (serial > last).ShouldBe(now != rest);
            (last, rest) = (serial, now);
        }
    }

    private static string Settle(string template, string? existing, long sequence) =>
        Serial.Settle(template.Replace("$", Serial.Placeholder), () => existing, sequence);
}
