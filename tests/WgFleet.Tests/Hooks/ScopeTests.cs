using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Projections;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Hooks;

/// <summary>What the configuration keeps from hooks that are code.</summary>
public class ScopeTests
{
    [Fact]
    public async Task A_handler_gets_only_the_events_and_fleets_that_its_entry_names()
    {
        var entry = new HookConfig { Name = "everything", Events = [EventTypes.ClientAdded, EventTypes.Startup], Fleets = "b*" };
        await using var stage = new Stage(new HooksConfig { List = [entry] }, typeof(HandlerTests.Everything), typeof(HandlerTests.Second));

        await stage.StartAsync();
        await stage.TellAsync(stage.World.Add("alpha"));
        await stage.TellAsync(stage.World.Add("beta"));
        await stage.TellAsync(stage.World.Rename("b1"));

        stage.Calls.Made.ShouldBe(["everything startup", "second client.added", "everything client.added", "second client.added"]);
        stage.Hooks.Definitions[0].Events.ShouldBe([EventTypes.Startup, EventTypes.ClientAdded]);
    }

    [Fact]
    public async Task A_projection_sees_only_the_fleets_that_its_entry_names()
    {
        using var folder = new Folder();
        var config = new HooksConfig { List = [new HookConfig { Name = "hosts_file", Fleets = "b*" }] };
        await using var stage = new Stage(config, null, World.Config(folder.File("hosts"), folder.File("targets")), typeof(HostsFile), typeof(PrometheusSd));
        stage.World.AddQuietly("alpha", "a1");
        stage.World.AddQuietly("beta", "b1");

        (await stage.StartAsync()).ShouldBeTrue();

        File.ReadAllText(folder.File("hosts")).ShouldBe("fd00:2::2 b1.beta.example.test\n");
        File.ReadAllText(folder.File("targets")).ShouldContain("alpha");
    }
}
