using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Projections;
using WgFleet.Store;
using WgFleet.Tests.Hooks.Deliveries.Webhook;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Cli.HookCommands;

public class HookOperationsTests
{
    [Fact]
    public async Task Replay_delivers_past_events_to_the_named_hook_each_time_it_is_run()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 0));
        var added = host.Stage.World.Add();
        var first = added.Events[0].Sequence;
        await host.Stage.CommitAsync(added);
        await host.Stage.CommitAsync(host.Stage.World.Rename("a1"));
        await host.Stage.CommitAsync(host.Stage.World.Add());
        await Eventually.True(() => host.Stage.Store.Count("tell", DeliveryState.Done) == 2);

        (await host.RunAsync("hooks", "replay", "tell", "--from", "1", "--dry-run")).ShouldBe((0, "2 events would be replayed\n", ""));
        (await host.Stage.Queries.DeliveryAsync("tell", first, Stage.Ct))!.Value.Row.Replayed.ShouldBeFalse();
        (await host.RunAsync("hooks", "replay", "tell", "--from", $"{first}", "--to", $"{first}")).ShouldBe((0, "1 event replayed\n", ""));
        await Eventually.True(() => host.Stage.Status("tell").Runs == 3);
        (await host.Stage.Queries.DeliveryAsync("tell", first, Stage.Ct))!.Value.Row.Replayed.ShouldBeTrue();
        (await host.RunAsync("hooks", "replay", "tell", "--from", "1", "--type", EventTypes.ClientRemoved, "--json")).ShouldBe((0, "{\"count\":0}\n", ""));
        (await host.RunAsync("hooks", "replay", "tell", "--from", "1", "--type", "client.lost")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_replay_is_bounded_by_a_number_an_id_a_time_or_a_duration_ago()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 0));
        var (first, second) = (host.Stage.World.Add(), host.Stage.World.Add());
        await host.Stage.CommitAsync(first);
        await host.Stage.CommitAsync(second);
        await Eventually.True(() => host.Stage.Store.Count("tell", DeliveryState.Done) == 2);

        // All of it happened on 2026-01-02 at 03:04:05.
        foreach (var (from, count) in new (string, int)[]
        {
            ($"{second.Events[0].Sequence}", 1), (second.Events[0].Id, 1), (first.Events[0].Id, 2),
            ("2026-01-02", 2), ("2026-01-02T03:04", 2), ("2026-01-02 03:04:05Z", 2), ("2026-01-02T04:04:05+01:00", 2),
            ("2026-01-02T03:04:06", 0), ("2026-01-03", 0), ("3000d-ago", 2), ("3000d ago", 2), ("0s-ago", 0),
        })
        {
            (await CountAsync(host, $"from={Uri.EscapeDataString(from)}")).ShouldBe($"{{\"count\":{count}}}", from);
        }

        foreach (var (to, count) in new[] { (first.Events[0].Id, 1), ("2026-01-02T03:04:05Z", 2), ("2026-01-02T03:04:04Z", 0), ("3000d-ago", 0), ("0s-ago", 2) })
            (await CountAsync(host, $"from=1&to={Uri.EscapeDataString(to)}")).ShouldBe($"{{\"count\":{count}}}", to);

        (await host.RunAsync("hooks", "replay", "tell", "--from", "2026-01-02 03:04:05Z", "--to", second.Events[0].Id, "--dry-run"))
            .ShouldBe((0, "2 events would be replayed\n", ""));
        (await host.RunAsync("hooks", "replay", "tell", "--from", "evt_nosuch")).ShouldBe(
            (1, "", "wg-fleet: there is no event evt_nosuch in the log; it may no longer be kept\n"));
    }

    [Fact]
    public async Task A_test_of_a_webhook_shows_exactly_the_request_and_the_response()
    {
        using var folder = new Folder();
        await using var receiver = await WebhookReceiver.AnsweringAsync(202, body: "taken down\nas number 7\n");
        var secret = folder.Secret("key", "whsec_" + Convert.ToBase64String(new byte[32]));
        var webhook = new WebhookConfig { Url = new Uri(receiver.Url + "?tenant=7"), SecretFiles = [secret] };
        await using var host = await AdminHost.StartAsync(new HooksConfig { Folders = [], List = [new HookConfig { Name = "siem", Fleets = "beta", Kind = webhook }] });

        var said = await host.RunAsync("hooks", "test", "siem", "--hostname", "crane");

        (said.Code, said.Error).ShouldBe((0, ""));
        var saw = receiver.Requests.Single(r => System.Text.Encoding.UTF8.GetString(r.Body).Contains("\"replayed\":true", StringComparison.Ordinal));
        var given = said.Output.Split('\n').Where(l => l.StartsWith("> ", StringComparison.Ordinal)).Select(l => l[2..]).ToList();
        given[0].ShouldBe($"POST http://127.0.0.1:{receiver.Port}/hook?tenant=7");
        given[1..^1].Select(l => l.Split(": ", 2)).ToDictionary(l => l[0].ToLowerInvariant(), l => l[1]).ShouldBe(saw.Headers, ignoreOrder: true);
        given[^1].ShouldBe(System.Text.Encoding.UTF8.GetString(saw.Body));
        given[^1].ShouldContain("\"fqdn\":\"crane.beta.example.test\"");
        (await WebhookVerifier.VerifyAsync(saw, File.ReadAllText(secret))).ShouldStartWith("verified evt_");
        said.Output.ShouldMatch("\n< taken down\n< as number 7\ndelivered, 202, [0-9]+ ms\n\\z");
    }

    [Fact]
    public async Task A_test_of_a_webhook_that_fails_ends_with_1_and_shows_the_response()
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(422, body: "no such fleet");
        await using var host = await AdminHost.StartAsync(new HooksConfig
        {
            Folders = [],
            List = [new HookConfig { Name = "siem", Events = [EventTypes.ClientRemoved], Kind = new WebhookConfig { Url = receiver.Url } }],
        });

        var said = await host.RunAsync("hooks", "test", "siem");
        var nowhere = await host.RunAsync("hooks", "test", "siem", "--fleet", "gamma");

        said.Code.ShouldBe(1);
        said.Output.ShouldMatch("\n< no such fleet\nnot delivered, 422, [0-9]+ ms: the receiver answered 422 Unprocessable Entity\n\\z");
        said.Output.ShouldContain("\"type\":\"client.removed\"");
        nowhere.ShouldBe((1, "", "wg-fleet: there is no fleet 'gamma'; there are: alpha, beta\n"));
    }

    [Fact]
    public async Task A_replayed_dead_letter_is_no_longer_a_dead_letter()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 78));
        await host.Stage.CommitAsync(host.Stage.World.Add());
        var worker = host.Stage.Worker("tell");
        await Eventually.True(() => worker is { DeadLetters: 1, Waiting: 0 });

        programs.Write("code", "0\n", "0644");
        (await host.RunAsync("hooks", "replay", "tell", "--from", "1")).Code.ShouldBe(0);

        await Eventually.True(() => host.Stage.Store.Count("tell", DeliveryState.Done) == 1);
        worker.DeadLetters.ShouldBe(0);
    }

    [Fact]
    public async Task A_test_shows_the_input_and_output_of_a_program_and_records_nothing()
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
    public async Task A_test_calls_a_handler_with_an_event_marked_as_replayed()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        (await host.RunAsync("hooks", "test", "second")).Code.ShouldBe(0);

        host.Stage.Calls.Made.ShouldBe(["second client.added"]);
        host.Stage.Calls.LastEvent!.Replayed.ShouldBeTrue();
        var other = await host.RunAsync("hooks", "test", "second", "--event", EventTypes.Startup);
        (other.Code, other.Error).ShouldBe((1, "wg-fleet: 'second' does not ask for startup; it gets client.added\n"));
    }

    [Fact]
    public async Task A_diff_shows_exactly_what_the_next_run_changes()
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

        diff.ShouldBe((1, $"--- {file}\n+++ {file} (as it would be)\n@@ -1,1 +1,1 @@\n-by hand\n+{right}", ""));
        File.ReadAllText(file).ShouldBe("by hand\n");
        (await host.RunAsync("hooks", "run", "hosts_file")).ShouldBe((0, "hosts_file is up to date\n", ""));
        File.ReadAllText(file).ShouldBe(right);
    }

    [Fact]
    public async Task A_command_for_another_kind_of_hook_is_refused_with_the_right_command()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HostsFile), typeof(HandlerTests.Second));

        (await host.RunAsync("hooks", "run", "second")).Error.ShouldContain("'wg-fleet hooks test second'");
        (await host.RunAsync("hooks", "test", "hosts_file")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task Tail_prints_the_last_events_and_follows_new_ones()
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

        var next = host.Local.GetStringAsync($"/api/v1/events?after={last}", Stage.Ct);
        await host.Stage.CommitAsync(host.Stage.World.Add("alpha", "a2"));
        (await next).ShouldContain("\"hostname\":\"a2\"");
    }

    private static async Task<string> CountAsync(AdminHost host, string query)
    {
        using var response = await host.Local.PostAsync($"/api/v1/hooks/tell/replay?dry=true&{query}", null, Stage.Ct);
        return await response.Content.ReadAsStringAsync(Stage.Ct);
    }
}
