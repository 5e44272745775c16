using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Projections;
using WgFleet.Tests.Hooks.Handlers;
using WgFleet.Tests.Hooks.Projections;

namespace WgFleet.Tests.Hooks;

public class StopTests
{
    [Fact]
    public async Task Stopping_delivers_every_waiting_event()
    {
        await using var stage = new Stage(typeof(HandlerTests.First));
        await stage.StartAsync();
        for (var i = 0; i < 100; i++)
            stage.Hooks.Publish(stage.World.Add());

        await stage.Hooks.StopAsync();

        stage.Calls.Made.Count.ShouldBe(100);
        stage.Log.At(LogLevel.Warning).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stopping_writes_the_changes_that_the_interval_delayed()
    {
        using var folder = new Folder();
        await using var stage = new Stage(new HooksConfig(), null, World.Config(folder.File("hosts")), typeof(HostsFile));
        await stage.StartAsync();
        stage.Hooks.Publish(stage.World.Add("alpha", "a1"));
        File.ReadAllText(folder.File("hosts")).ShouldBe("\n");

        await stage.Hooks.StopAsync();

        File.ReadAllText(folder.File("hosts")).ShouldBe("fd00:1::1 a1.alpha.example.test\n");
    }

    [Theory]
    [InlineData(typeof(HandlerTests.ThrowsWhenCancelled), false)]
    [InlineData(typeof(HandlerTests.Blocks), true)]
    public async Task A_hook_that_hangs_delays_the_stop_by_ten_seconds_and_the_grace_at_most(Type hook, bool ignoresItsToken)
    {
        var config = new HooksConfig { List = [new() { Name = "middle", Timeout = TimeSpan.FromMinutes(5) }] };
        await using var stage = new Stage(config, hook, typeof(HandlerTests.Third));
        await stage.StartAsync();
        stage.Hooks.Publish(stage.World.Add());
        await stage.Calls.UntilAsync("middle called");
        stage.Hooks.Publish(stage.World.Add());

        var stopped = stage.Hooks.StopAsync();
        await stage.PassAsync(TimeSpan.FromSeconds(10));
        if (ignoresItsToken)
            await stage.PassAsync(HookTurn.Grace);

        await stopped;
        stage.Calls.Made.ShouldBeEmpty();
        stage.Log.At(LogLevel.Warning)[^1].ShouldBe("Stopped after 10 s with 2 events left for the next start of the handlers; hooks whose last call failed: middle");
    }

    [Fact]
    public async Task A_projection_that_keeps_failing_delays_the_stop_by_ten_seconds_at_most()
    {
        await using var stage = new Stage(typeof(ProjectionTests.Failing));
        await stage.StartAsync();

        var stopped = stage.Hooks.StopAsync();
        await stage.PassAsync(TimeSpan.FromSeconds(10));

        await stopped;
        stage.Log.At(LogLevel.Warning)[^1].ShouldContain("hooks whose last call failed: failing");
    }

    [Fact]
    public async Task Events_published_after_the_stop_are_ignored()
    {
        await using var stage = new Stage(typeof(HandlerTests.First), typeof(ProjectionTests.Good));
        await stage.StartAsync();
        await stage.Hooks.StopAsync();
        var made = stage.Calls.Made.Count;

        stage.Hooks.Publish(stage.World.Add());
        (await stage.Hooks.AwaitProjectionsAsync(Stage.Ct)).ShouldBeFalse();

        await stage.Hooks.StopAsync();
        stage.Calls.Made.Count.ShouldBe(made);
    }
}
