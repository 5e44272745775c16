using WgFleet.Linux;

namespace WgFleet.Tests.Linux;

public class SystemCommandTests
{
    [Fact]
    public async Task A_long_output_is_read_whole()
    {
        var result = await SystemCommand.RunAsync("seq", ["200000"], TestContext.Current.CancellationToken);

        result.Failure.ShouldBeNull();
        result.Output.ShouldEndWith("\n199999\n200000\n");
        result.Output.Length.ShouldBeGreaterThan(1 << 20);
    }
}
