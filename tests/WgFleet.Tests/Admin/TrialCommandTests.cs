using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.Tests.Hooks;
using WgFleet.Tests.Hooks.Deliveries;

namespace WgFleet.Tests.Admin;

public class TrialCommandTests
{
    [Fact]
    public async Task Past_events_are_replayed_to_who_wants_them_as_often_as_one_asks()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 0));
        var added = host.Stage.World.Add();
        var first = added.Events[0].Sequence;
        await host.Stage.CommitAsync(added);
        await host.Stage.CommitAsync(host.Stage.World.Rename("a1"));
        await host.Stage.CommitAsync(host.Stage.World.Add());
        await Eventually.True(() => host.Stage.Store.Count("tell", DeliveryRow.Done) == 2);

        (await host.RunAsync("hooks", "replay", "tell", "--from", "1", "--dry-run")).ShouldBe((0, "2 events would be replayed\n", ""));
        host.Stage.Store.Delivery("tell", first)!.Replayed.ShouldBeFalse();
        (await host.RunAsync("hooks", "replay", "tell", "--from", $"{first}", "--to", $"{first}")).ShouldBe((0, "1 event replayed\n", ""));
        await Eventually.True(() => host.Stage.Status("tell").Runs == 3);
        host.Stage.Store.Delivery("tell", first)!.Replayed.ShouldBeTrue();
        (await host.RunAsync("hooks", "replay", "tell", "--from", "1", "--type", EventTypes.ClientRemoved, "--json")).ShouldBe((0, "{\"count\":0}\n", ""));
        (await host.RunAsync("hooks", "replay", "tell", "--from", "1", "--type", "client.lost")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_replayed_dead_letter_is_one_no_longer()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 78));
        await host.Stage.CommitAsync(host.Stage.World.Add());
        var lane = host.Stage.Engine.Lanes.Lane("tell")!;
        await Eventually.True(() => lane is { DeadLetters: 1, Waiting: 0 });

        programs.Write("code", "0\n", "0644");
        (await host.RunAsync("hooks", "replay", "tell", "--from", "1")).Code.ShouldBe(0);

        await Eventually.True(() => host.Stage.Store.Count("tell", DeliveryRow.Done) == 1);
        lane.DeadLetters.ShouldBe(0);
    }

    [Fact]
    public async Task A_test_shows_what_a_program_was_given_and_answered_and_leaves_no_trace()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 0));
        var head = host.Stage.Store.LastSequence();

        var well = await host.RunAsync("hooks", "test", "tell");
        programs.Write("code", "3\n", "0644");
        var badly = await host.RunAsync("hooks", "test", "tell", "--event", EventTypes.ClientRemoved);

        (well.Code, badly.Code).ShouldBe((0, 1));
        well.Output.ShouldContain($"> WGFLEET_TYPE=client.added\n");
        well.Output.ShouldContain("> WGFLEET_REPLAYED=1\n");
        well.Output.ShouldContain("\"replayed\":true");
        well.Output.ShouldContain("\n< said client.added\ndelivered, exit 0");
        badly.Output.ShouldContain("not delivered, exit 3");
        host.Stage.Store.LastSequence().ShouldBe(head);
        host.Stage.Status("tell").Runs.ShouldBe(0);
    }

    [Fact]
    public async Task A_test_calls_a_handler_with_an_event_that_says_it_is_not_news()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        (await host.RunAsync("hooks", "test", "second")).Code.ShouldBe(0);

        host.Stage.Calls.Made.ShouldBe(["second client.added"]);
        host.Stage.Calls.LastEvent!.Replayed.ShouldBeTrue();
        var other = await host.RunAsync("hooks", "test", "second", "--event", EventTypes.Startup);
        (other.Code, other.Error).ShouldBe((1, "wg-fleet: 'second' does not ask for startup; it gets client.added\n"));
    }

    [Fact]
    public async Task A_diff_shows_what_a_run_would_change_and_the_run_changes_it()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HostsFile));
        var added = host.Stage.World.Add("alpha", "a1");
        await host.Stage.CommitAsync(added);
        (await host.RunAsync("hooks", "wait", "--seq", $"{added.Events[0].Sequence}", "--timeout", "1m")).Code.ShouldBe(0);
        (await host.RunAsync("hooks", "diff", "hosts_file")).ShouldBe((0, "", ""));
        var file = host.FileOf("hosts");
        var right = File.ReadAllText(file);
        File.WriteAllText(file, "by hand\n");

        var diff = await host.RunAsync("hooks", "diff", "hosts_file");

        diff.ShouldBe((0, $"--- {file}\n+++ {file} (as it would be)\n@@ -1,1 +1,1 @@\n-by hand\n+{right}", ""));
        File.ReadAllText(file).ShouldBe("by hand\n");
        (await host.RunAsync("hooks", "run", "hosts_file")).ShouldBe((0, "hosts_file is up to date\n", ""));
        File.ReadAllText(file).ShouldBe(right);
    }

    [Fact]
    public async Task What_is_for_projections_or_for_the_others_is_refused_with_the_command_that_fits()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HostsFile), typeof(HandlerTests.Second));

        (await host.RunAsync("hooks", "run", "second")).Error.ShouldContain("'wg-fleet hooks test second'");
        (await host.RunAsync("hooks", "test", "hosts_file")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task The_last_events_are_shown_and_those_to_come_are_waited_for()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));
        await host.Stage.CommitAsync(host.Stage.World.Add("alpha", "a1"));
        await host.Stage.CommitAsync(host.Stage.World.Add("beta", "b1"));
        var last = host.Stage.Store.LastSequence();

        var text = await host.RunAsync("events", "tail", "-n", "1");
        var json = await host.RunAsync("events", "tail", "--json");

        text.Output.ShouldMatch($"^{last} 2026-01-02 03:04:05Z client.added beta fd00:2::2 b1\n$");
        json.Output.TrimEnd('\n').Split('\n').Length.ShouldBe(2);
        json.Output.ShouldStartWith("{\"specversion\":\"1.0\"");

        var next = host.Local.GetStringAsync($"/admin/events?after={last}", Stage.Ct);
        await host.Stage.CommitAsync(host.Stage.World.Add("alpha", "a2"));
        (await next).ShouldContain("\"hostname\":\"a2\"");
    }
}
