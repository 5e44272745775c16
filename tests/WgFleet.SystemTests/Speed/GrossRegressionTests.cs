using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Speed;

/// <summary>The short form of bench/run, with the builds that these tests use.</summary>
public sealed class GrossRegressionTests
{
    [Fact]
    public async Task No_hot_path_is_five_times_further_from_its_limit_than_recorded()
    {
        var program = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "../../WgFleet.Benchmarks", new DirectoryInfo(AppContext.BaseDirectory).Name, "WgFleet.Benchmarks"));

        await using var check = RunningProcess.Start(
            "env", $"WG_FLEET_BENCHMARKS={program}", $"WG_FLEET_EXECUTABLE={Server.Executable}", Repository.PathOf("bench/run"), "check");
        var code = await check.Exited.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        code.ShouldBe(0, check.Output + check.Error);
        TestContext.Current.TestOutputHelper?.WriteLine(check.Output);
    }
}
