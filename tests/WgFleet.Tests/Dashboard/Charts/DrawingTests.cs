using WgFleet.Dashboard.Charts;

namespace WgFleet.Tests.Dashboard.Charts;

public class DrawingTests
{
    [Fact]
    public void A_line_goes_from_figure_to_figure_and_what_stays_the_same_is_one_step() =>
        Drawing.Path([0, 10, 10, 10, 5, 0], 10, filled: false).ShouldBe("M0 200l1 -200h2l1 100l1 100");

    [Fact]
    public void Where_there_is_no_figure_there_is_a_gap_and_one_alone_is_seen() =>
        Drawing.Path([null, 5, 5, null, null, 10, null], 10, filled: false).ShouldBe("M1 100h1M5 0h1");

    [Fact]
    public void What_is_filled_ends_at_the_lower_edge() => Drawing.Path([null, 5, 10], 10, filled: true).ShouldBe("M1 100l1 -100V200H1Z");

    [Fact]
    public void What_is_too_large_stays_in_the_drawing() => Drawing.Path([20, -1], 10, filled: false).ShouldBe("M0 0l1 200");

    [Fact]
    public void Nothing_makes_no_path() => Drawing.Path([null, null], 10, filled: true).ShouldBe("");

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
    public void Or_a_round_number_of_bytes(double most, double round) => Drawing.RoundBytes(most).ShouldBe(round);
}
