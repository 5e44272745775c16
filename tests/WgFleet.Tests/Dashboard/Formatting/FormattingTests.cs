using WgFleet.Dashboard.Formatting;

namespace WgFleet.Tests.Dashboard.Formatting;

public class FormattingTests
{
    [Theory]
    [InlineData(-1, "in the future")]
    [InlineData(0, "0s ago")]
    [InlineData(31, "31s ago")]
    [InlineData(59, "59s ago")]
    [InlineData(60, "1m 0s ago")]
    [InlineData(151, "2m 31s ago")]
    [InlineData(3600, "1h 0m ago")]
    [InlineData(7505, "2h 5m ago")]
    [InlineData(86_400, "1d 0h ago")]
    [InlineData(273_600, "3d 4h ago")]
    [InlineData(40_000_000, "462d 23h ago")]
    public void An_age_has_its_two_largest_units(int seconds, string told) =>
        Age.Since(DashboardHost.Now - TimeSpan.FromSeconds(seconds), DashboardHost.Now).ShouldBe(told);

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1024 * 1024 - 1, "1.0 MiB")]
    [InlineData(1024 * 1024, "1.0 MiB")]
    [InlineData(5_000_000_000, "4.7 GiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void Bytes_have_binary_units(long bytes, string told) => ByteSize.Of(bytes).ShouldBe(told);
}
