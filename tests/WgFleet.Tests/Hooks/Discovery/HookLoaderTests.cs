using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;
using WgFleet.Hosting;

namespace WgFleet.Tests.Hooks.Discovery;

public class HookLoaderTests
{
    [Fact]
    public async Task A_class_with_the_attribute_is_registered_and_logged()
    {
        await using var stage = new Stage(typeof(Late), typeof(NoHook));

        var row = stage.Hooks.Definitions.ShouldHaveSingleItem();
        row.Name.ShouldBe("late");
        row.Position.ShouldBe(1);
        row.Kind.ShouldBe(HookKind.Handler);
        row.Events.ShouldBe(["client.added", "client.removed"]);
        row.Source.ShouldBe(typeof(Late).FullName);
        row.Inactive.ShouldBeNull();
        row.Timeout.ShouldBe(TimeSpan.FromSeconds(3));
        stage.Log.At(LogLevel.Information).ShouldContain($"Registered hook late, a handler: {typeof(Late).FullName}");
    }

    [Fact]
    public void The_servers_own_assembly_has_the_built_in_hooks()
    {
        using var services = new ServiceCollection().AddSingleton(World.Config()).BuildServiceProvider();

        var catalog = TestHooks.Load([typeof(HookSet).Assembly], new HooksConfig(), services, TimeProvider.System, new CollectedLog());

        catalog.Problems.ShouldBeEmpty();
        catalog.Definitions.Select(l => (l.Position, l.Name, l.Kind, l.Await, l.Inactive)).ShouldBe(
            [(1, "hosts_file", HookKind.Projection, true, null), (2, "prometheus_sd", HookKind.Projection, true, null)]);
        catalog.Definitions[0].Events.ShouldBe(EventTypes.All.Where(e => EventTypes.Find(e)!.RunsProjections));
        catalog.Definitions[0].MinInterval.ShouldBe(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task Hooks_run_in_the_order_of_the_list_then_of_Order_then_of_their_names()
    {
        var config = new HooksConfig { List = [new() { Name = "late" }, new() { Name = "b" }] };

        await using var stage = new Stage(config, typeof(A), typeof(B), typeof(Early), typeof(Late), typeof(AlsoA));

        stage.Hooks.Definitions.Select(l => (l.Position, l.Name)).ShouldBe([(1, "late"), (2, "b"), (3, "early"), (4, "a"), (5, "a2")]);
        stage.Hooks.Active.Select(h => h.Name).ShouldBe(["late", "b", "early", "a", "a2"]);
        stage.Log.At(LogLevel.Information).Where(m => m.StartsWith("Hook ", StringComparison.Ordinal)).ShouldBe(
        [
            "Hook 1: late, handler of client.added, client.removed, timeout 3 s",
            "Hook 2: b, handler of client.added, timeout 10 s",
            "Hook 3: early, handler of client.added, timeout 10 s",
            "Hook 4: a, handler of client.added, timeout 10 s",
            "Hook 5: a2, handler of client.added, timeout 10 s",
        ]);
    }

    [Fact]
    public async Task A_class_that_cannot_be_built_is_listed_with_the_reason_and_the_others_run()
    {
        const string reason = "it cannot be created: no database";
        await using var stage = new Stage(typeof(Unbuildable), typeof(A));

        stage.Hooks.Problems.ShouldBeEmpty();
        stage.Hooks.Active.Select(h => h.Name).ShouldBe(["a"]);
        var row = stage.Hooks.Definitions.Single(l => l.Name != "a");
        row.Inactive.ShouldBe(reason);
        row.Position.ShouldBeNull();
        stage.Log.At(LogLevel.Warning).ShouldHaveSingleItem().ShouldEndWith($"is not active: {reason}");
    }

    [Fact]
    public async Task A_hook_that_cannot_be_built_is_logged_with_its_name_and_the_error()
    {
        await using var stage = new Stage(typeof(Unbuildable));

        var line = stage.Log.Lines.Single(l => l.Level == LogLevel.Error);
        line.Message.ShouldBe("Hook unbuildable cannot be created: no database");
        line.Exception.ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public async Task Two_hooks_with_one_name_are_both_inactive_and_the_server_does_not_start()
    {
        await using var stage = new Stage(typeof(A), typeof(B), typeof(AnotherB));

        stage.Hooks.Problems.ShouldHaveSingleItem().ShouldBe($"hook name 'b' is used by {typeof(AnotherB).FullName} and {typeof(B).FullName}; rename one");
        stage.Hooks.Definitions.Where(l => l.Name == "b").ShouldAllBe(l => l.Inactive!.StartsWith("its name is also that of"));
        var error = await Should.ThrowAsync<StartupException>(stage.StartAsync);
        error.Message.ShouldBe(stage.Hooks.Problems[0]);
    }

    [Fact]
    public async Task A_disabled_hook_is_not_constructed()
    {
        var config = new HooksConfig { List = [new() { Name = "unbuildable", Enabled = false }] };

        await using var stage = new Stage(config, typeof(Unbuildable));

        stage.Hooks.Definitions.ShouldHaveSingleItem().Inactive.ShouldBe("disabled in the configuration");
        stage.Log.At(LogLevel.Error).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_configuration_overrides_the_attribute()
    {
        var settings = new Dictionary<string, string> { ["path"] = "/x" };
        var config = new HooksConfig
        {
            List = [new() { Name = "mirror", Await = true, Timeout = TimeSpan.FromSeconds(1), MinInterval = TimeSpan.FromSeconds(5), Settings = settings }],
        };

        await using var stage = new Stage(config, typeof(Mirror));

        var row = stage.Hooks.Definitions.ShouldHaveSingleItem();
        (row.Await, row.Timeout, row.MinInterval).ShouldBe((true, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)));
        row.Settings.ShouldBe(settings);
    }

    [Fact]
    public async Task An_entry_for_an_unknown_hook_is_an_error()
    {
        var config = new HooksConfig { List = [new() { Name = "aa" }, new() { Name = "b" }, new() { Name = "a", Await = true }] };

        await using var stage = new Stage(config, typeof(A), typeof(B));

        stage.Hooks.Problems.ShouldBe(
        [
            "hooks.list: there is no hook 'aa'; there are: b, a",
            "hooks.list: 'a' is a handler; await, min_interval and replace are for projections",
        ]);
    }

    internal class Noop : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;
    }

    internal class NoProjection : IProjection
    {
        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken) => default;
    }

    internal sealed class NoHook : Noop;

    [Hook("a")]
    internal sealed class A : Noop;

    [Hook("a2")]
    internal sealed class AlsoA : Noop;

    [Hook("b")]
    internal sealed class B : Noop;

    [Hook("b")]
    internal sealed class AnotherB : Noop;

    [Hook("early", Order = -1)]
    internal sealed class Early : Noop;

    [Hook("late", Order = 100, TimeoutSeconds = 3)]
    internal sealed class Late : Noop, IHook<ClientRemoved>
    {
        public ValueTask HandleAsync(ClientRemoved fleetEvent, HookContext context, CancellationToken cancellationToken) => default;
    }

    [Hook("mirror")]
    internal sealed class Mirror : NoProjection;

    [Hook("unbuildable")]
    internal sealed class Unbuildable : Noop
    {
        public Unbuildable() => throw new InvalidOperationException("no database");
    }
}
