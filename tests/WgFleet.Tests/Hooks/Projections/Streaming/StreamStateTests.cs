using System.Text.Json;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Tests.Hooks.Projections.Streaming;

/// <summary>Programs that stay running and get the state: whole, or what has changed.</summary>
public sealed class StreamStateTests : IAsyncDisposable
{
    /// <summary>Keeps a file with the state that it knows, "fleet ip hostname" in order, and another with the types of the lines. Fails while a file says so.</summary>
    private const string Program = """
        #!/usr/bin/python3
        import json, os, sys

        state, lines = sys.argv[1], sys.argv[2]
        clients = {}
        for text in sys.stdin:
            line = json.loads(text)
            answer = {"id": line["id"], "ok": True}
            if os.path.exists(state + ".fails"):
                answer = {"id": line["id"], "ok": False, "error": "no room"}
            elif line["type"] == "state":
                clients = {(c["fleet"], c["ip"]): c for c in line["clients"]}
            elif line["type"] == "changes":
                for gone in line["removed"]:
                    del clients[gone["fleet"], gone["ip"]]
                for c in line["changed"]:
                    clients[c["fleet"], c["ip"]] = c
            if line["type"] != "hello":
                with open(lines, "a") as file:
                    print(line["type"], len(line.get("changed", line.get("clients"))), file=file)
                with open(state, "w") as file:
                    file.write("".join(f"{c['fleet']} {c['ip']} {c.get('hostname', '-')}\n" for c in clients.values()))
                if os.path.exists(state + ".dies"):
                    os.remove(state + ".dies")
                    os._exit(9)
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
    [InlineData("changes", "state 2", "changes 1", "changes 1", "changes 0")]
    [InlineData("whole", "state 2", "state 3", "state 3", "state 2")]
    public async Task The_program_gets_the_whole_state_first_and_then_what_its_configuration_says(string mode, params string[] lines)
    {
        var stage = await StartAsync(mode == "whole" ? StreamState.Whole : StreamState.Changes);
        State().ShouldBe(["alpha fd00:1::1 a1", "beta fd00:2::2 -"]);

        stage.Hooks.Publish(stage.World.Add("alpha"));
        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();
        State().ShouldBe(["alpha fd00:1::1 a1", "beta fd00:2::2 -", "alpha fd00:1::3 -"]);
        stage.Hooks.Publish(stage.World.Rename("b2", 2));
        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();
        State().ShouldBe(["alpha fd00:1::1 a1", "beta fd00:2::2 b2", "alpha fd00:1::3 -"]);
        stage.Hooks.Publish(stage.World.Remove(1));
        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();
        State().ShouldBe(["beta fd00:2::2 b2", "alpha fd00:1::3 -"]);

        File.ReadAllLines(_folder.File("lines")).ShouldBe(lines);
        stage.Projection("list").Program!.Starts.ShouldBe(1);
    }

    [Fact]
    public async Task Many_changes_are_few_lines()
    {
        var stage = await StartAsync(StreamState.Changes);
        for (var i = 0; i < 500; i++)
            stage.Hooks.Publish(stage.World.Add());

        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();

        State().Count.ShouldBe(502);
        File.ReadAllLines(_folder.File("lines")).Length.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task After_a_failure_the_whole_state_is_given_until_it_is_taken()
    {
        var stage = await StartAsync(StreamState.Changes);
        File.WriteAllText(_folder.File("state.fails"), "");
        stage.Hooks.Publish(stage.World.Add());
        await Eventually.True(() => stage.Projection("list").Health.Failures > 2, () => stage.Time.Advance(TimeSpan.FromMilliseconds(100)));
        stage.Projection("list").Health.LastFailure!.Error.ShouldBe("no room");
        File.Delete(_folder.File("state.fails"));

        await Eventually.True(() => State().Count == 3, () => stage.Time.Advance(TimeSpan.FromMilliseconds(100)));

        File.ReadAllLines(_folder.File("lines"))[^1].ShouldBe("state 3");
    }

    [Fact]
    public async Task A_new_process_gets_the_whole_state_without_a_change()
    {
        var stage = await StartAsync(StreamState.Changes);
        File.WriteAllText(_folder.File("state.dies"), "");
        stage.Hooks.Publish(stage.World.Add());

        await Eventually.True(() => stage.Projection("list").Program!.Starts == 2 && State().Count == 3 && !stage.Projection("list").Health.Failing, () => stage.Time.Advance(TimeSpan.FromMilliseconds(100)));

        File.ReadAllLines(_folder.File("lines"))[^1].ShouldBe("state 3");
    }

    [Fact]
    public async Task A_program_that_does_not_answer_in_time_is_killed_and_the_next_one_gets_the_state()
    {
        var file = _folder.Write("sleeps", """
            #!/bin/sh
            while read -r line; do
                id=${line#*\"id\":\"}
                case $line in *'"type":"state"'*) [ -e "$1" ] || { echo > "$1"; trap '' TERM; sleep 1000; } ;; esac
                echo "{\"id\":\"${id%%\"*}\",\"ok\":true}"
            done
            """);
        var stage = Stage(new StreamConfig { Command = file, Args = [_folder.File("once")], User = Environment.UserName, Timeout = TimeSpan.FromSeconds(30), State = StreamState.Whole });
        var start = stage.StartAsync();
        await Eventually.True(() => File.Exists(_folder.File("once")));

        await Eventually.True(() => stage.Projection("list").Health.LastSuccess is not null, () => stage.Time.Advance(TimeSpan.FromMilliseconds(100)));

        await start;
        stage.Projection("list").Program!.LastEnd.ShouldBe("it did not answer the state within 30 s");
        stage.Projection("list").Program!.Starts.ShouldBe(2);
    }

    [Fact]
    public async Task Only_the_followed_fleets_are_given_and_a_diff_is_refused()
    {
        var stage = await StartAsync(StreamState.Changes, fleets: "b*");
        State().ShouldBe(["beta fd00:2::2 -"]);

        (await Should.ThrowAsync<RefusedException>(stage.Projection("list").DiffAsync(Testing.Stage.Ct))).Message.ShouldStartWith("'list' is a program");
    }

    [Fact]
    public void The_lines_of_the_page_are_those_that_are_sent()
    {
        var page = File.ReadAllText(Path.Combine(DocsTests.Root(), "docs/stream.md"));
        var shown = page.Split('\n').Single(l => l.StartsWith("{\"type\":\"state\"", StringComparison.Ordinal));
        var fleet = new Fleet("alpha", "wg_alpha", System.Net.IPAddress.Parse("fd00:1::d4:1"), System.Net.IPNetwork.Parse("fd00:1::d4:0:0:0/80"), 51820);
        var sent = WgFleet.Hooks.Projections.Streaming.StateLines.Whole("state-7-1", new FleetState(7, "fleet.example.com", [fleet], []), []);

        using var document = JsonDocument.Parse(shown);
        System.Text.Encoding.UTF8.GetString(sent.Span).ShouldBe(shown);
    }

    private async Task<Stage> StartAsync(StreamState mode, string? fleets = null)
    {
        var config = new StreamConfig
        {
            Command = _folder.Write("program", Program), Args = [_folder.File("state"), _folder.File("lines")], User = Environment.UserName,
            Timeout = TimeSpan.FromHours(10), StartTimeout = TimeSpan.FromHours(10), State = mode,
        };
        var stage = Stage(config, fleets);
        stage.World.AddQuietly("alpha", "a1");
        stage.World.AddQuietly("beta", null);
        (await stage.StartAsync()).ShouldBeTrue();
        return stage;
    }

    private Stage Stage(StreamConfig config, string? fleets = null) =>
        _stage = new Stage(new HooksConfig { AwaitTimeout = TimeSpan.FromHours(10), List = [new HookConfig { Name = "list", Await = true, Fleets = fleets, Kind = config }], Folders = [] });

    private List<string> State() => File.Exists(_folder.File("state")) ? [.. File.ReadAllLines(_folder.File("state"))] : [];
}
