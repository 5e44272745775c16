using System.Text.Json;
using WgFleet.Hooks;
using WgFleet.Hooks.Projections;
using WgFleet.Store;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Cli.HookCommands;

/// <summary>The program itself, against a running server.</summary>
public class HooksCommandTests
{
    [Fact]
    public async Task The_list_shows_the_status_of_each_hook()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 78), typeof(HandlerTests.Second), typeof(HostsFile));
        await host.Stage.CommitAsync(host.Stage.World.Add("alpha", "a1"));
        await Eventually.True(() => host.Stage.Status("tell").Failures == 1);

        var text = await host.RunAsync("hooks", "list", "--why");
        var json = await host.RunAsync("hooks", "list", "--json");

        (text.Code, text.Error, json.Code).ShouldBe((0, "", 0));
        var rows = text.Output.Split('\n');
        rows[0].ShouldMatch("^ORDER +NAME +KIND +STATUS +LAG +WAITING +DEAD +SUCCESS +ERROR$");
        rows.ShouldContain(r => System.Text.RegularExpressions.Regex.IsMatch(r, "^1 +tell +exec +failing +0 +0 +1 +- +exit 78"));
        rows.ShouldContain(r => System.Text.RegularExpressions.Regex.IsMatch(r, "hosts_file +projection +ok +0 +0 +0 +[0-9]+s"));
        rows.ShouldContain(r => r.StartsWith("tell is failing: exit 78", StringComparison.Ordinal));

        var hooks = JsonDocument.Parse(json.Output).RootElement.EnumerateArray().ToDictionary(h => h.GetProperty("name").GetString()!);
        hooks.Keys.ShouldBe(["tell", "hosts_file", "second"], ignoreOrder: true);
        hooks["tell"].GetProperty("dead_letters").GetInt32().ShouldBe(1);
        hooks["second"].GetProperty("status").GetString().ShouldBe("ok");
        hooks["second"].GetProperty("lag").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_hook_is_failing_while_the_part_that_runs_it_fails()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(Counted), typeof(HostsFile));
        using var fault = new MeterFault("wgfleet_hook_attempts_total", "counted");
        host.Stage.Hooks.Publish(host.Stage.World.Add("alpha", "a1"));
        await Eventually.True(() => host.Stage.Hooks.Find("counted")!.Status.Status == HookStatus.Failing);

        var list = await host.RunAsync("hooks", "list", "--why");
        var show = await host.RunAsync("hooks", "show", "counted");
        var json = await host.RunAsync("hooks", "list", "--json");

        var reason = $"the part 'handlers' of the server fails and is restarted: {MeterFault.Message}";
        list.Output.ShouldMatch("counted +handler +failing ");
        list.Output.ShouldMatch("hosts_file +projection +ok ");
        list.Output.ShouldContain($"counted is failing: {reason}");
        show.Output.ShouldMatch($"status +failing: {System.Text.RegularExpressions.Regex.Escape(reason)}");
        var hook = JsonDocument.Parse(json.Output).RootElement.EnumerateArray().Single(h => h.GetProperty("name").GetString() == "counted");
        (hook.GetProperty("status").GetString(), hook.GetProperty("reason").GetString()).ShouldBe(("failing", reason));
        hook.GetProperty("failures").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_server_the_list_says_so_and_shows_the_configured_hooks()
    {
        await using var host = await AdminHost.StartAsync(null);
        await host.StopServerAsync();

        var list = await host.RunAsync("hooks", "list");

        list.Code.ShouldBe(0);
        list.Output.ShouldMatch("hosts_file +projection +10s +startup");
        list.Error.ShouldStartWith($"wg-fleet: no server answers at {host.Socket}");
    }

    [Fact]
    public async Task Without_a_server_other_commands_say_so_in_one_line_and_end_with_exit_code_1()
    {
        await using var host = await AdminHost.StartAsync(null);
        await host.StopServerAsync();

        foreach (var command in new[] { "show x", "pause x", "resume x", "wait --seq 1", "deadletters list" })
        {
            var run = await host.RunAsync(["hooks", .. command.Split(' ')]);

            (run.Code, run.Output).ShouldBe((1, ""), command);
            run.Error.ShouldBe($"wg-fleet: no server answers at {host.Socket}; start it (systemctl start wg-fleet), or name its configuration with --config FILE\n");
        }
    }

    [Fact]
    public async Task The_refusal_of_an_unknown_hook_lists_the_known_ones()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second), typeof(HostsFile));

        var run = await host.RunAsync("hooks", "show", "secnod");

        (run.Code, run.Output, run.Error).ShouldBe((1, "", "wg-fleet: there is no hook 'secnod'; there are: hosts_file, second\n"));
    }

    [Fact]
    public async Task A_paused_handler_gets_its_events_once_it_is_resumed()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        (await host.RunAsync("hooks", "pause", "second", "--reason", "the disk is being moved")).ShouldBe((0, "second is paused\n", ""));
        await host.Stage.CommitAsync(host.Stage.World.Add());
        host.Stage.Calls.Made.ShouldBeEmpty();
        (await host.RunAsync("hooks", "list", "--why")).Output.ShouldContain("second is paused: the disk is being moved");
        (await host.RunAsync("hooks", "resume", "second")).Output.ShouldStartWith("second is resumed");

        await host.Stage.Calls.UntilAsync("second client.added");
        (await host.RunAsync("hooks", "show", "second")).Output.ShouldMatch("(?s)status +ok.*client.added +done +1");
    }

    [Fact]
    public async Task A_projection_cannot_be_paused_and_the_refusal_says_what_to_do_instead()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HostsFile));

        var run = await host.RunAsync("hooks", "pause", "hosts_file");

        run.Code.ShouldBe(1);
        run.Error.ShouldContain("enabled: false");
    }

    [Fact]
    public async Task Wait_ends_with_0_when_the_hooks_have_caught_up_and_with_1_after_the_timeout()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second), typeof(HostsFile));
        var added = host.Stage.World.Add("alpha", "a1");
        await host.Stage.CommitAsync(added);
        var sequence = added.Events[0].Sequence;

        (await host.RunAsync("hooks", "wait", "--seq", $"{sequence}", "--timeout", "1m")).ShouldBe((0, "", ""));
        (await host.RunAsync("hooks", "wait", "--seq", $"{sequence}", "--hook", "hosts_file")).Code.ShouldBe(0);
        (await host.RunAsync("hooks", "wait", "--seq", $"{sequence + 1}", "--timeout", "1ms"))
            .ShouldBe((1, "", "wg-fleet: not caught up after 1ms: hosts_file, second\n"));
        (await host.RunAsync("hooks", "wait", "--seq", "1", "--timeout", "soon")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_hook_that_is_no_longer_configured_is_listed_with_the_option_all_and_can_be_forgotten()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));
        host.Stage.Store.Create("yesterday", 0, []);
        host.Stage.Store.Enqueue("yesterday", [Waits(1), Waits(2)], null);

        (await host.RunAsync("hooks", "list")).Output.ShouldNotContain("yesterday");
        var all = await host.RunAsync("hooks", "list", "--all", "--why");
        all.Output.ShouldMatch("(?m)^- +yesterday +- +inactive +0 +2 +0 ");
        all.Output.ShouldContain("no longer configured; 'wg-fleet hooks forget yesterday' deletes what it left");

        (await host.RunAsync("hooks", "forget", "second")).ShouldBe((1, "", "wg-fleet: hook 'second' is configured; remove it from the configuration first, then restart or reload\n"));
        (await host.RunAsync("hooks", "forget", "yesterday")).ShouldBe((0, "yesterday is forgotten, with 2 deliveries\n", ""));
        (await host.RunAsync("hooks", "forget", "yesterday")).ShouldBe((1, "", "wg-fleet: the database has nothing of a hook 'yesterday'; 'wg-fleet hooks list --all' lists the hooks that it has\n"));
        (await host.RunAsync("hooks", "list", "--all")).Output.ShouldNotContain("yesterday");

        static DeliveryRow Waits(long sequence) => new() { Hook = "yesterday", Seq = sequence, State = DeliveryState.Pending };
    }

    [Fact]
    public async Task A_hook_with_waiting_events_has_not_caught_up()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));
        host.Stage.Worker("second").Pause("a test");
        var added = host.Stage.World.Add();
        await host.Stage.CommitAsync(added);

        (await host.RunAsync("hooks", "wait", "--seq", $"{added.Events[0].Sequence}", "--timeout", "1ms")).Code.ShouldBe(1);
        host.Stage.Worker("second").Pause(null);
        (await host.RunAsync("hooks", "wait", "--seq", $"{added.Events[0].Sequence}", "--timeout", "1m")).Code.ShouldBe(0);
    }

    [Hook("counted")]
    internal sealed class Counted : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;
    }
}
