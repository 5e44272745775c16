using WgFleet.Dashboard.Charts;

namespace WgFleet.Tests.Dashboard.Charts;

public class DrawingTests
{
    [Fact]
    public void A_line_connects_values_and_equal_ones_are_one_step() =>
        Drawing.Path([0, 10, 10, 10, 5, 0], 10, filled: false).ShouldBe("M0 200l1 -200h2l1 100l1 100");

    [Fact]
    public void A_missing_value_is_a_gap_and_a_single_value_is_visible() =>
        Drawing.Path([null, 5, 5, null, null, 10, null], 10, filled: false).ShouldBe("M1 100h1M5 0h1");

    [Fact]
    public void A_filled_area_ends_at_the_lower_edge() => Drawing.Path([null, 5, 10], 10, filled: true).ShouldBe("M1 100l1 -100V200H1Z");

    [Fact]
    public void A_value_above_the_top_stays_in_the_drawing() => Drawing.Path([20, -1], 10, filled: false).ShouldBe("M0 0l1 200");

    [Fact]
    public void No_values_make_an_empty_path() => Drawing.Path([null, null], 10, filled: true).ShouldBe("");

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(6, 10)]
    [InlineData(11, 20)]
    [InlineData(10_000, 10_000)]
    [InlineData(10_001, 20_000)]
    public void The_upper_edge_is_a_round_number(double most, double round) => Drawing.Round(most).ShouldBe(round);

    [Theory]
    [InlineData(0, 1024)]
    [InlineData(1025, 2048)]
    [InlineData(5_000_000, 8_388_608)]
    public void The_upper_edge_of_bytes_is_a_power_of_two(double most, double round) => Drawing.RoundBytes(most).ShouldBe(round);
}
