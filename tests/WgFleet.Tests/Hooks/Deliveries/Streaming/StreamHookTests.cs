using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Store;
using WgFleet.Tests.Hooks.Deliveries.Exec;

namespace WgFleet.Tests.Hooks.Deliveries.Streaming;

/// <summary>Programs that stay running as hooks of a whole engine: order, retries, dead letters, restarts, pause.</summary>
public sealed class StreamHookTests : IAsyncDisposable
{
    private const string Hook = "note";

    /// <summary>Notes each event as "type ip", after it has done what its arguments say, and answers it.</summary>
    private const string Program = """
        #!/usr/bin/python3
        import json, os, random, sys, time

        notes, mode = sys.argv[1], sys.argv[2]
        random.seed(0)
        failures = {}  # At most two an event: the wait after a fifth would be hours of the test's clock.
        for line in sys.stdin:
            event = json.loads(line)
            answer = {"id": event["id"], "ok": True}
            ip = event.get("data", {}).get("client", {}).get("ip", "-")
            if event["type"] == "hello":
                pass
            elif mode == "random" and failures.get(event["id"], 0) < 2 and random.random() < 0.3:
                failures[event["id"]] = failures.get(event["id"], 0) + 1
                answer = {"id": event["id"], "ok": False, "error": "no luck"}
            elif mode == "first" and ip == "fd00:1::1":
                answer = {"id": event["id"], "ok": False, "error": "never", "permanent": os.path.exists(notes + ".permanent")}
            elif mode == "dies" and random.random() < 0.1:
                os._exit(9)
            else:
                with open(notes, "a") as file:
                    print(event["sequence"].lstrip("0"), event["type"], ip, "replayed" if event.get("replayed") else "new", file=file)
            print(json.dumps(answer), flush=True)

        """;

    private readonly ExecFolder _folder = new();
    private Stage? _stage;

    public async ValueTask DisposeAsync()
    {
        if (_stage is not null)
            await _stage.DisposeAsync();

        _folder.Dispose();
    }

    [Theory]
    [InlineData("random", 1)]
    [InlineData("random", 8)]
    [InlineData("dies", 1)]
    [InlineData("dies", 8)]
    public async Task Each_clients_events_arrive_in_order_and_none_is_lost_while_the_program_fails_or_dies_at_random(string mode, int concurrency)
    {
        var stage = await StartAsync(mode, c => c with { Concurrency = concurrency });
        for (var id = 1; id <= 10; id++)
            stage.Hooks.Publish(Committed(stage.World.Add()));
        for (var round = 0; round < 5; round++)
        {
            for (var id = 1; id <= 10; id++)
                stage.Hooks.Publish(Committed(stage.World.Rename($"n{round}-{id}", id)));
        }

        await UntilDoneAsync();

        var notes = Notes();
        notes.Select(n => n.Sequence).Distinct().Count().ShouldBe(61);
        foreach (var client in notes.GroupBy(n => n.Ip))
            client.Select(n => n.Sequence).Distinct().ShouldBeInOrder();

        // An event may come again only after the death of the program, and then at most as many as were out.
        var starts = stage.Hooks.Find(Hook)!.Program!.Starts;
        if (mode == "random")
            starts.ShouldBe(1);
        else
            starts.ShouldBeGreaterThan(1);

        (notes.Count - 61).ShouldBeLessThanOrEqualTo((starts - 1) * concurrency);
    }

    [Fact]
    public async Task A_client_whose_events_always_fail_delays_nobody_else_and_its_events_become_dead_letters_that_can_be_retried()
    {
        var stage = await StartAsync("first", maxAttempts: 3);
        stage.Hooks.Publish(Committed(stage.World.Add()));
        for (var i = 0; i < 20; i++)
            stage.Hooks.Publish(Committed(stage.World.Add()));

        await UntilDoneAsync();

        Notes().Count.ShouldBe(21);
        var dead = (await stage.Queries.DeliveriesAsync([Hook], [DeliveryState.Dead], 10, Stage.Ct)).ShouldHaveSingleItem().Row;
        (dead.Attempt, dead.Code, dead.Error).ShouldBe((3, "not ok", "never"));

        File.WriteAllText(_folder.File("notes.permanent"), "");
        (await stage.Worker(Hook).RetryDeadAsync(null, stage.Write)).ShouldBe(1);
        await UntilDoneAsync();
        (await stage.Queries.DeliveriesAsync([Hook], [DeliveryState.Dead], 10, Stage.Ct)).ShouldHaveSingleItem().Row.Attempt.ShouldBe(1);
    }

    [Fact]
    public async Task While_the_hook_is_paused_the_program_gets_nothing_and_then_everything_in_order()
    {
        var stage = await StartAsync("fine");
        await UntilDoneAsync();
        stage.Worker(Hook).Pause("by a test");
        for (var i = 0; i < 20; i++)
            stage.Hooks.Publish(Committed(stage.World.Add()));
        await Eventually.True(() => stage.Worker(Hook).Waiting == 20);
        Notes().Count.ShouldBe(1);

        stage.Worker(Hook).Pause(null);
        await UntilDoneAsync();

        Notes().Select(n => n.Sequence).ShouldBe(Enumerable.Range(1, 21).Select(i => (long)i));
    }

    [Fact]
    public async Task A_replayed_event_is_marked_as_one()
    {
        var stage = await StartAsync("fine");
        stage.Hooks.Publish(Committed(stage.World.Add()));
        await UntilDoneAsync();

        stage.Worker(Hook).Replay([stage.Store.Event(2)!]).ShouldBe(1);
        await UntilDoneAsync();

        Notes().Select(n => n.Text).ShouldBe(["1 startup - new", "2 client.added fd00:1::1 new", "2 client.added fd00:1::1 replayed"]);
    }

    [Fact]
    public async Task A_backlog_of_thousands_is_worked_off_and_no_more_is_written_than_may_be_out()
    {
        // Holds its input back until it has seen that no more comes, and notes how many lines that were.
        var most = _folder.Write("most", """
            #!/usr/bin/python3
            import json, os, select, sys

            sys.stdin = os.fdopen(0, "rb", buffering=0)
            waiting, lines, most = b"", [], 0
            while True:
                ready = select.select([0], [], [], 0 if lines else None)[0]
                if ready:
                    data = os.read(0, 1 << 20)
                    if not data:
                        break
                    waiting += data
                    *whole, waiting = waiting.split(b"\n")
                    lines += whole
                    most = max(most, len(lines))
                    with open(sys.argv[1], "w") as file:
                        print(most, file=file)
                else:
                    print(json.dumps({"id": json.loads(lines.pop(0))["id"], "ok": True}), flush=True)
            """);
        var stage = await StartAsync("", c => c with { Command = most, Args = [_folder.File("notes")], Concurrency = 16 });
        for (var i = 0; i < 3000; i++)
            stage.Hooks.Publish(Committed(stage.World.Add()));

        await UntilDoneAsync();

        int.Parse(File.ReadAllText(_folder.File("notes")), System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(2, 16);
    }

    [Fact]
    public async Task A_program_that_does_not_run_makes_its_hook_failing_and_a_test_says_so_at_once()
    {
        var stage = await StartAsync("fine", c => c with { Command = _folder.Script("exit 3", "broken") });
        var hook = (EventHook)stage.Hooks.Find(Hook)!;
        await Eventually.True(() => hook.Program!.Problem is not null);

        hook.Status.ShouldBe((HookStatus.Failing, "the program does not run: it did not answer the hello: it ended by itself, exit 3"));
        (await hook.TestAsync(Exec.ExecStage.Attempt(), Stage.Ct)).Error.ShouldBe("the program does not run: it did not answer the hello: it ended by itself, exit 3");
        stage.Worker(Hook).DeadLetters.ShouldBe(0);
    }

    private async Task<Stage> StartAsync(string mode, Func<StreamConfig, StreamConfig>? change = null, int? maxAttempts = null)
    {
        // An hour: the clock runs ahead of a busy machine.
        var config = new StreamConfig
        {
            Command = _folder.Write("program", Program), Args = [_folder.File("notes"), mode], User = Environment.UserName,
            Timeout = TimeSpan.FromHours(10), StartTimeout = TimeSpan.FromHours(10),
        };
        var entry = new HookConfig { Name = Hook, MaxAttempts = maxAttempts ?? 1000, Kind = (change ?? (c => c))(config) };
        _stage = new Stage(new HooksConfig { List = [entry], Folders = [] });
        await _stage.StartAsync();
        return _stage;
    }

    /// <summary>Writes events to the log, as the writer does before they are published.</summary>
    private Change Committed(Change change)
    {
        var batch = new StoreBatch();
        batch.Events.AddRange(change.Events.Select(WgFleet.Events.EventJson.ToRow));
        new FleetStore(_stage!.Database).Commit(batch);
        return change;
    }

    private Task UntilDoneAsync()
    {
        var stage = _stage!;
        return Eventually.True(
            () => stage.Store.Find(Hook)!.Cursor >= stage.Hooks.Events.Head && stage.Worker(Hook).Waiting == 0,
            () => stage.Time.Advance(TimeSpan.FromMilliseconds(100)));
    }

    private List<(long Sequence, string Ip, string Text)> Notes() => File.Exists(_folder.File("notes"))
        ? [.. File.ReadAllLines(_folder.File("notes")).Select(l => (long.Parse(l.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), l.Split(' ')[2], l))]
        : [];
}
