using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Discovery;
using WgFleet.Tests.Hooks.Handlers;
using WgFleet.Tests.Hooks.Projections;
using WgFleet.Tests.Hooks.Projections.Templates;

namespace WgFleet.Tests.Hooks;

/// <summary>Which hooks are told who comes online and goes offline: those that ask for it by name.</summary>
public class PresenceFilterTests
{
    [Fact]
    public async Task A_handler_of_a_presence_event_gets_it_and_a_handler_of_all_events_does_not()
    {
        await using var stage = new Stage(typeof(HandlerTests.Everything), typeof(Comings));
        await stage.StartAsync();

        await stage.TellAsync(stage.World.Add("alpha", "web"));
        await stage.TellAsync(stage.World.Online());
        await stage.TellAsync(stage.World.Offline());

        stage.Calls.Made.ShouldBe(["everything startup", "everything client.added", "comings client.online", "comings client.offline"]);
        stage.Hooks.Definitions.Select(l => (l.Name, string.Join(' ', l.Events))).ShouldBe(
            [("comings", "client.online client.offline"), ("everything", "startup client.added client.hostname_changed client.removed")]);
        stage.Hooks.AsksForPresence.ShouldBeTrue();
    }

    [Fact]
    public async Task A_handler_of_all_events_gets_the_presence_events_that_its_entry_names()
    {
        var entry = new HookConfig { Name = "everything", Events = [EventTypes.ClientAdded, EventTypes.ClientOffline] };
        await using var stage = new Stage(new HooksConfig { List = [entry] }, typeof(HandlerTests.Everything));
        await stage.StartAsync();

        await stage.TellAsync(stage.World.Add("alpha", "web"));
        await stage.TellAsync(stage.World.Online());
        await stage.TellAsync(stage.World.Offline());

        stage.Calls.Made.ShouldBe(["everything client.added", "everything client.offline"]);
        stage.Hooks.Definitions[0].Events.ShouldBe([EventTypes.ClientAdded, EventTypes.ClientOffline]);
        stage.Hooks.AsksForPresence.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData("client.online", false, true)]
    [InlineData("client.added", true, false)]
    [InlineData("client.added client.online", true, true)]
    public void A_program_or_an_endpoint_gets_the_events_that_its_entry_names(string? events, bool added, bool online)
    {
        var world = new World();
        var config = new HookConfig { Name = "note", Events = events?.Split(' '), Kind = new ExecConfig { Command = "/x" } };
        var delivery = new DeliveryHook(HookDefinitions.Of(config)!, new ScriptedDelivery(_ => ScriptedDelivery.Delivered), TestHooks.Services(new ManualTime(), new CollectedLog(), null));

        delivery.Wants(world.Add("alpha", "web").Events[0]).ShouldBe(added);
        delivery.Wants(world.Online().Events[0]).ShouldBe(online);
        delivery.Wants(world.Offline().Events[0]).ShouldBeFalse();
    }

    [Fact]
    public void The_entry_on_the_page_asks_for_both_presence_events_and_no_others() =>
        Yaml.Valid(Yaml.Minimal + DocsTests.Blocks("yaml")[1]).Hooks.List.ShouldHaveSingleItem().Events.ShouldBe([EventTypes.ClientOnline, EventTypes.ClientOffline]);

    [Fact]
    public async Task A_presence_event_runs_no_projection_and_delays_no_answer()
    {
        await using var stage = new Stage(typeof(ProjectionTests.Good), typeof(Comings));
        stage.World.AddQuietly("alpha", "web");
        await stage.StartAsync();

        await stage.TellAsync(stage.World.Online());
        await stage.TellAsync(stage.World.Offline());
        stage.Time.Advance(TimeSpan.FromSeconds(10));
        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();

        stage.Calls.Made.ShouldBe(["good 1", "comings client.online", "comings client.offline"]);
        stage.Projection("good").Projected.ShouldBe(stage.World.Snapshot.Sequence);
    }

    [Fact]
    public async Task A_disabled_hook_does_not_ask_for_presence_events()
    {
        await using var stage = new Stage(new HooksConfig { List = [new HookConfig { Name = "comings", Enabled = false }] }, typeof(HandlerTests.Everything), typeof(Comings));

        stage.Hooks.AsksForPresence.ShouldBeFalse();
    }

    [Hook("comings")]
    internal sealed class Comings(Calls calls) : HandlerTests.Noting(calls, "comings"), IHook<ClientOnline>, IHook<ClientOffline>
    {
        public ValueTask HandleAsync(ClientOnline fleetEvent, HookContext context, CancellationToken cancellationToken) => Note(fleetEvent, context);

        public ValueTask HandleAsync(ClientOffline fleetEvent, HookContext context, CancellationToken cancellationToken) => Note(fleetEvent, context);
    }
}
