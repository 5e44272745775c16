using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;
using WgFleet.Tests.Hooks.Discovery;

namespace WgFleet.Tests.Hooks.Handlers;

public partial class HandlerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_handler_gets_the_event_its_settings_the_state_the_client_and_a_logger()
    {
        var config = new HooksConfig { List = [new() { Name = "second", Settings = new Dictionary<string, string> { ["where"] = "there" } }] };
        await using var stage = new Stage(config, typeof(Second));
        await stage.StartAsync();

        await stage.TellAsync(stage.World.Add("beta", "excavator"));

        var context = stage.Calls.LastContext.ShouldNotBeNull();
        context.HookName.ShouldBe("second");
        context.EventType.ShouldBe("client.added");
        context.Settings["where"].ShouldBe("there");
        context.State.Domain.ShouldBe("example.test");
        context.State.Fleets.Select(f => f.Name).ShouldBe(["alpha", "beta"]);
        context.State.Clients.ShouldHaveSingleItem().Fqdn.ShouldBe("excavator.beta.example.test");
        context.Client.ShouldBe(context.State.Clients.Single());
        context.Attempt.ShouldBe(1);
        context.Logger.LogInformation("hello");
        stage.Log.Lines[^1].ShouldBe(new CollectedLog.Line(LogLevel.Information, "WgFleet.Hooks.second", "hello", null));
        stage.Calls.LastEvent.ShouldBeOfType<ClientAdded>().Client.ShouldBe(context.Client);
    }

    [Fact]
    public async Task A_handler_gets_the_events_of_its_types_and_no_others()
    {
        await using var stage = new Stage(typeof(Everything), typeof(Names), typeof(Second), typeof(Starts));

        await stage.StartAsync();
        stage.Hooks.Publish(stage.World.Add());
        stage.Hooks.Publish(stage.World.Rename("a1"));
        await stage.TellAsync(stage.World.Remove());

        var made = stage.Calls.Made;
        made.Where(c => c.StartsWith("everything")).ShouldBe(["everything startup", "everything client.added", "everything client.hostname_changed", "everything client.removed"]);
        made.Where(c => c.StartsWith("names")).ShouldBe(["names client.hostname_changed", "names client.removed"]);
        made.Where(c => c.StartsWith("second")).ShouldBe(["second client.added"]);
        made.Where(c => c.StartsWith("starts")).ShouldBe(["starts startup"]);
    }

    [Fact]
    public async Task A_handler_of_one_type_and_of_all_gets_each_event_once()
    {
        await using var stage = new Stage(typeof(OneAndAll));

        await stage.StartAsync();
        await stage.TellAsync(stage.World.Add());

        stage.Calls.Made.ShouldBe(["all startup", "one client.added"]);
    }

    [Fact]
    public async Task The_handlers_have_had_the_startup_event_when_the_start_is_done()
    {
        await using var stage = new Stage(typeof(Starts));

        (await stage.StartAsync()).ShouldBeTrue();

        stage.Calls.Made.ShouldBe(["starts startup"]);
    }

    [Fact]
    public async Task All_handlers_get_an_event_in_order_before_any_gets_the_next()
    {
        await using var stage = new Stage(typeof(First), typeof(Second), typeof(Third));
        await stage.StartAsync();

        var expected = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            stage.Hooks.Publish(stage.World.Add());
            expected.AddRange(["first client.added", "second client.added", "third client.added"]);
        }

        await stage.TellAsync(stage.World.Remove());
        stage.Calls.Made.ShouldBe(expected);
    }

    [Theory]
    [InlineData(typeof(Throws), false, false)]
    [InlineData(typeof(ThrowsAtOnce), false, false)]
    [InlineData(typeof(ThrowsCancelled), false, false)]
    [InlineData(typeof(ThrowsWhenCancelled), true, false)]
    [InlineData(typeof(NeverReturns), true, true)]
    [InlineData(typeof(Blocks), true, true)]
    [InlineData(typeof(BlocksItsToken), true, true)]
    [InlineData(typeof(HookLoaderTests.Unbuildable), false, false)]
    public async Task A_failing_or_hanging_hook_does_not_keep_events_from_the_others(Type middle, bool overrunsItsTime, bool ignoresItsToken)
    {
        await using var stage = new Stage(typeof(First), middle, typeof(Third));
        await stage.StartAsync();

        foreach (var stuck in (bool[])[false, ignoresItsToken])
        {
            var told = stage.TellAsync(stage.World.Add());
            if (overrunsItsTime && !stuck)
                await PassTimeAsync(stage, ignoresItsToken);

            await told;
        }

        stage.Calls.Made.ShouldBe(["first client.added", "third client.added", "first client.added", "third client.added"]);
    }

    [Fact]
    public async Task A_failure_is_logged_with_the_hooks_name_and_the_event_and_repeated_ones_are_summed_up()
    {
        await using var stage = new Stage(typeof(First), typeof(Throws), typeof(ThrowsAtOnce));
        await stage.StartAsync();

        var change = stage.World.Add();
        await stage.TellAsync(change);

        var id = change.Events[0].Id;
        stage.Log.At(LogLevel.Error).ShouldBe(
            [$"Hook middle failed on client.added {id}: Test error", $"Hook middle-sync failed on client.added {id}: Test error"]);
        stage.Log.Lines.Where(l => l.Level == LogLevel.Error).ShouldAllBe(l => l.Exception == stage.Calls.Error);
        stage.Log.At(LogLevel.Warning).ShouldBe([$"client.added {id}: 2 hooks failed: middle, middle-sync"]);
    }

    [Fact]
    public async Task The_status_of_a_hook_shows_its_successes_and_failures()
    {
        await using var stage = new Stage(new HooksConfig { List = [new() { Name = "middle", MaxAttempts = 1 }] }, typeof(Throws));
        await stage.StartAsync();

        await stage.TellAsync(stage.World.Add());
        var status = stage.Status("middle");
        (status.Runs, status.Failures, status.Failing, status.LastSuccess).ShouldBe((1, 1, true, null));
        status.LastFailure.ShouldBe(new HookHealth.Failure(stage.Time.GetUtcNow(), "Test error"));

        stage.Calls.Error = null;
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        await stage.TellAsync(stage.World.Add());
        (status.Runs, status.Failures, status.Failing, status.LastSuccess).ShouldBe((2, 1, false, stage.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_call_over_its_timeout_is_cancelled_and_has_failed()
    {
        var config = new HooksConfig { List = [new() { Name = "middle", Timeout = TimeSpan.FromSeconds(7) }] };
        await using var stage = new Stage(config, typeof(ThrowsWhenCancelled), typeof(Third));
        await stage.StartAsync();

        var told = stage.TellAsync(stage.World.Add());
        await stage.PassAsync(TimeSpan.FromSeconds(7));
        await told;

        stage.Calls.Made.ShouldBe(["third client.added"]);
        stage.Log.At(LogLevel.Error).ShouldHaveSingleItem().ShouldEndWith("took longer than 7 s");
        stage.Status("middle").Stuck.ShouldBeFalse();
    }

    [Fact]
    public async Task A_hook_that_does_not_return_is_stuck_and_called_again_only_after_it_has_returned()
    {
        await using var stage = new Stage(typeof(Blocks), typeof(Third));
        await stage.StartAsync();

        var told = stage.TellAsync(stage.World.Add());
        await PassTimeAsync(stage, graceToo: true);
        await told;

        var status = stage.Status("middle");
        (status.Stuck, status.Runs).ShouldBe((true, 1));
        stage.Log.At(LogLevel.Error)[0].ShouldStartWith("Hook middle is stuck: its call has not returned after 12 s");

        for (var i = 0; i < 5; i++)
            await stage.TellAsync(stage.World.Add());

        stage.Time.Advance(TimeSpan.FromMinutes(1));
        await stage.TellAsync(stage.World.Add());
        (status.Stuck, status.Runs).ShouldBe((true, 1));

        // What came meanwhile has waited for it; the first event comes again, since nobody knows how far it got.
        stage.Calls.Release();
        await Eventually.True(() => status.Runs >= 8, () => stage.Time.Advance(TimeSpan.FromMilliseconds(100)));
        status.Stuck.ShouldBeFalse();
    }

    [Fact]
    public async Task No_hook_runs_on_the_publishers_thread_and_a_blocked_one_does_not_hold_the_publisher()
    {
        await using var stage = new Stage(typeof(Blocks));
        await stage.StartAsync();

        stage.Hooks.Publish(stage.World.Add());
        await stage.Calls.UntilAsync("middle called");
        for (var i = 0; i < 100; i++)
            stage.Hooks.Publish(stage.World.Add());

        stage.Calls.LastThread.ShouldNotBe(Thread.CurrentThread);
        stage.Status("middle").Runs.ShouldBe(0);
    }

    [Fact]
    public async Task The_status_of_a_hook_is_the_most_urgent_thing_about_it()
    {
        await using var stage = new Stage(new HooksConfig { List = [new() { Name = "middle", MaxAttempts = 1 }] }, typeof(Throws));
        await stage.StartAsync();
        var hook = stage.Hooks.Find("middle")!;
        hook.Status.ShouldBe((HookStatus.Ok, null));

        await stage.TellAsync(stage.World.Add());
        hook.Status.ShouldBe((HookStatus.Failing, "Test error"));

        stage.Worker("middle").Pause("by an operator");
        hook.Status.ShouldBe((HookStatus.Paused, "by an operator"));

        hook.Health.Stuck = true;
        hook.Status.Status.ShouldBe(HookStatus.Stuck);
        hook.Health.Stuck = false;
        Enum.GetValues<HookStatus>().Select(s => s.Text()).ShouldBe(["ok", "failing", "stuck", "paused", "inactive"]);
    }

    /// <summary>Lets the middle hook's time pass, once it has been called.</summary>
    private static async Task PassTimeAsync(Stage stage, bool graceToo)
    {
        await stage.Calls.UntilAsync("middle called");
        await stage.PassAsync(Limit);
        if (graceToo)
            await stage.PassAsync(HookTurn.Grace);
    }
}
