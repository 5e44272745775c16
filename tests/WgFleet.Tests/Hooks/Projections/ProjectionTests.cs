using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Projections;
using WgFleet.Tests.Hooks.Projections.Templates;

namespace WgFleet.Tests.Hooks.Projections;

public partial class ProjectionTests
{
    [Fact]
    public async Task A_projection_gets_the_latest_state_its_settings_a_logger_and_files()
    {
        using var folder = new Folder();
        var config = Listed("mirror", h => h with { Await = true, Settings = new Dictionary<string, string> { ["path"] = folder.File("out") } });
        await using var stage = new Stage(config, typeof(Mirror));
        await stage.StartAsync();

        stage.Hooks.Publish(stage.World.Add("beta", "b1"));
        stage.Time.Advance(TimeSpan.FromMilliseconds(100));
        await stage.Calls.UntilAsync("mirror 2");

        await Eventually.True(() => File.Exists(folder.File("out")) && File.ReadAllText(folder.File("out")) == "mirror b1.beta.example.test");
        stage.Log.Lines.ShouldContain(new CollectedLog.Line(LogLevel.Information, "WgFleet.Hooks.mirror", "mirrored", null));
    }

    [Fact]
    public async Task Every_projection_runs_once_before_the_start_is_done()
    {
        await using var stage = new Stage(typeof(Good), typeof(AlsoGood));

        (await stage.StartAsync()).ShouldBeTrue();

        stage.Calls.Made.Order().ShouldBe(["also-good 1", "good 1"]);
    }

    [Fact]
    public async Task A_projection_that_fails_at_start_does_not_keep_the_server_from_starting()
    {
        await using var stage = new Stage(typeof(Failing), typeof(Good));

        (await stage.StartAsync()).ShouldBeFalse();

        stage.Calls.Made.ShouldContain("good 1");
        stage.Log.At(LogLevel.Error).ShouldContain("Projection failing failed and will be tried again: Test error");
        stage.Log.At(LogLevel.Warning).ShouldBe(["Started although these hooks have failed or have not finished yet: failing"]);
    }

    [Fact]
    public async Task A_projection_that_hangs_at_start_delays_the_start_by_30_seconds_at_most()
    {
        var config = Listed("hanging", h => h with { Timeout = TimeSpan.FromMinutes(5) });
        await using var stage = new Stage(config, typeof(Hanging), typeof(Good));

        var start = stage.StartAsync();
        await stage.Calls.UntilAsync("hanging called");
        await Eventually.True(() => stage.Calls.Made.Contains("good 1"));
        await stage.PassAsync(TimeSpan.FromSeconds(30));

        (await start).ShouldBeFalse();
        stage.Calls.Made.ShouldContain("good 1");
    }

    [Fact]
    public async Task A_projection_of_named_clients_does_not_run_for_other_changes_and_is_not_behind()
    {
        await using var stage = new Stage(Stage.Patient, typeof(Named), typeof(Good));
        await stage.StartAsync();
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        var named = stage.Projection("named");

        // Somebody comes and goes without a name: the other one runs twice, and by then this one would have, too.
        var came = stage.World.Add();
        stage.Hooks.Publish(came);
        await stage.Calls.UntilAsync("good 2");
        var went = stage.World.Remove();
        stage.Hooks.Publish(went);
        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();
        named.Projected.ShouldBe(went.After.Sequence);

        stage.Time.Advance(TimeSpan.FromSeconds(1));
        stage.Hooks.Publish(stage.World.Add());
        var change = stage.World.Rename("web");
        stage.Hooks.Publish(change);
        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();
        named.Projected.ShouldBe(change.After.Sequence);

        stage.Time.Advance(TimeSpan.FromSeconds(1));
        stage.Hooks.Publish(stage.World.Remove());
        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();
        stage.Calls.Made.Where(c => c.StartsWith("named")).ShouldBe(["named 1: ", "named 2: web", "named 3: "]);
    }

    [Fact]
    public async Task A_projection_of_named_clients_is_behind_until_it_has_written_them()
    {
        await using var stage = new Stage(typeof(Named));
        stage.Calls.Error = null;
        await stage.StartAsync();
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        var named = stage.Projection("named");
        stage.World.Add();

        stage.Calls.Error = new IOException("full");
        var change = stage.World.Rename("web");
        stage.Hooks.Publish(change);
        await stage.Calls.UntilAsync("named failed");
        stage.Hooks.Publish(stage.World.Add());
        named.Projected.ShouldBeLessThan(change.After.Sequence);

        stage.Calls.Error = null;
        await Eventually.True(() => named.Projected > change.After.Sequence, () => stage.Time.Advance(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task A_projection_that_hangs_delays_no_other_and_a_response_only_for_await_timeout()
    {
        await using var stage = new Stage(typeof(Hanging), typeof(Good));
        await Started(stage);

        stage.Hooks.Publish(stage.World.Add());
        await stage.Calls.UntilAsync("hanging called");
        var answer = stage.Hooks.AwaitProjectionsAsync(Stage.Ct);
        stage.Calls.Made.ShouldNotContain("hanging 2");
        await stage.PassAsync(TimeSpan.FromSeconds(1));

        (await answer).ShouldBeFalse();
        await Eventually.True(() => stage.Calls.Made.Contains("good 2"));
    }

    [Fact]
    public async Task No_response_waits_for_a_stuck_projection_and_it_runs_again_once_it_has_returned()
    {
        await using var stage = new Stage(typeof(Hanging));
        await Started(stage);
        stage.Hooks.Publish(stage.World.Add());
        await stage.Calls.UntilAsync("hanging called");
        await Eventually.True(() => stage.Status("hanging").Stuck, () => stage.Time.Advance(TimeSpan.FromSeconds(1)));

        var answer = stage.Hooks.AwaitProjectionsAsync(Stage.Ct);
        answer.IsCompleted.ShouldBeTrue();
        (await answer).ShouldBeFalse();
        var runs = stage.Status("hanging").Runs;

        stage.Calls.Release();

        await Eventually.True(() => stage.Status("hanging").Runs > runs, () => stage.Time.Advance(TimeSpan.FromMilliseconds(100)));
        stage.Status("hanging").Failing.ShouldBeFalse();
    }

    [Fact]
    public async Task A_waiting_response_learns_of_a_failure_and_of_the_next_success()
    {
        await using var stage = new Stage(Stage.Patient, typeof(Failing));
        stage.Calls.Error = null;
        await stage.StartAsync();

        stage.Calls.Error = new IOException("No space left");
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        stage.Hooks.Publish(stage.World.Add());
        (await stage.AwaitProjectionsAsync()).ShouldBeFalse();

        stage.Calls.Error = null;
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        stage.Hooks.Publish(stage.World.Add());
        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();
        stage.Log.At(LogLevel.Information).ShouldContain("Projection failing has succeeded again and is up to date");
    }

    [Fact]
    public async Task The_same_failure_is_logged_once_a_minute_with_its_count()
    {
        // With a timeout that does not come in between.
        await using var stage = new Stage(Listed("failing", h => h with { Timeout = TimeSpan.FromHours(1) }), typeof(Failing));
        await stage.StartAsync();
        var status = stage.Status("failing");

        // 5, 10 … 2560 ms, then every 5 s: twenty repeats fit into the minute, the next is after it.
        for (var runs = 1; runs <= 21; runs++)
        {
            await Eventually.True(() => status.Runs == runs && stage.Time.UntilNextTimer <= TimeSpan.FromSeconds(60));
            stage.Time.Advance(stage.Time.UntilNextTimer!.Value);
        }

        await Eventually.True(() => status.Runs == 22);
        var lines = stage.Log.At(LogLevel.Error);
        lines.Count.ShouldBe(2);
        lines[1].ShouldContain("(the same 20 times since the last such line)");
    }

    [Fact]
    public async Task An_await_timeout_of_zero_never_waits()
    {
        await using var stage = new Stage(new HooksConfig { AwaitTimeout = TimeSpan.Zero }, typeof(Good), typeof(Hanging));
        await Started(stage);
        stage.Hooks.Publish(stage.World.Add());

        var answer = stage.Hooks.AwaitProjectionsAsync(Stage.Ct);

        answer.IsCompleted.ShouldBeTrue();
        (await answer).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_awaited_projections_no_response_waits()
    {
        await using var stage = new Stage(Listed("hanging", h => h with { Await = false }), typeof(Hanging));
        await Started(stage);
        stage.Hooks.Publish(stage.World.Add());

        (await stage.Hooks.AwaitProjectionsAsync(Stage.Ct)).ShouldBeTrue();
    }

    [Fact]
    public async Task Every_caller_finds_its_own_change_in_the_file_after_the_response()
    {
        using var folder = new Folder();
        var config = new HooksConfig { AwaitTimeout = TimeSpan.FromMinutes(1), List = [new() { Name = "hosts_file", MinInterval = TimeSpan.FromMilliseconds(5) }] };
        await using var stage = new Stage(config, TimeProvider.System, World.Config(folder.File("hosts")), typeof(HostsFile));
        for (var i = 0; i < 64; i++)
            stage.World.AddQuietly("alpha", $"m{i}");

        await stage.StartAsync();
        var missing = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(1, 64).Select(id => Task.Run(() => PingOftenAsync(id), Stage.Ct)));

        missing.ShouldBeEmpty();
        stage.Status("hosts_file").Runs.ShouldBeLessThan(64 * 10);

        async Task PingOftenAsync(int id)
        {
            for (var turn = 0; turn < 10; turn++)
            {
                var name = $"m{id}-{turn}";
                lock (stage.World)
                    stage.Hooks.Publish(stage.World.Rename(name, id));

                (await stage.Hooks.AwaitProjectionsAsync(Stage.Ct)).ShouldBeTrue();
                if (!(await File.ReadAllTextAsync(folder.File("hosts"), Stage.Ct)).Contains($" {name}.alpha.example.test\n", StringComparison.Ordinal))
                    missing.Add(name);
            }
        }
    }

    [Fact]
    public async Task A_fault_outside_the_projections_own_code_is_logged_with_its_stack_shown_and_cured_by_a_restart()
    {
        await using var stage = new Stage(Stage.Patient, typeof(Faulty));
        (await stage.StartAsync()).ShouldBeTrue();
        var hook = stage.Projection("faulty");
        stage.Time.Advance(TimeSpan.FromSeconds(1));

        var change = stage.World.Add();
        using (new MeterFault("wgfleet_projection_runs_total", "faulty"))
        {
            stage.Hooks.Publish(change);
            (await stage.Hooks.AwaitProjectionsAsync(Stage.Ct)).ShouldBeFalse();
            await Eventually.True(() => hook.Status.Status == HookStatus.Failing);
        }

        hook.Status.Reason.ShouldBe($"the part 'hook faulty' of the server fails and is restarted: {MeterFault.Message}");
        var line = stage.Log.Lines.Single(l => l.Level == LogLevel.Error);
        line.Message.ShouldStartWith("hook faulty has failed, starting it again in ");
        line.Exception.ShouldBeOfType<InvalidOperationException>();
        hook.IsDone(change.After.Sequence).ShouldBeFalse();

        await Eventually.True(() => hook.Status.Status == HookStatus.Ok, () => stage.Time.Advance(TimeSpan.FromMilliseconds(100)));
        hook.IsDone(change.After.Sequence).ShouldBeTrue();
        var next = stage.World.Add();
        stage.Hooks.Publish(next);
        await Eventually.True(() => hook.IsDone(next.After.Sequence), () => stage.Time.Advance(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public async Task The_last_call_decides_the_status()
    {
        await using var stage = new Stage(typeof(Failing));
        await stage.StartAsync();

        var status = stage.Status("failing");

        (status.Failing, status.LastFailure!.Error, status.LastSuccess).ShouldBe((true, "Test error", null));
    }

    private static HooksConfig Listed(string name, Func<HookConfig, HookConfig> change) => new() { List = [change(new HookConfig { Name = name })] };

    /// <summary>Starts with the gate open, so that hanging projections hang later only.</summary>
    private static async Task Started(Stage stage)
    {
        stage.Calls.Release();
        (await stage.StartAsync()).ShouldBeTrue();
        stage.Calls.Gate.Reset();
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        await stage.Calls.UntilAsync("hanging 1");
    }
}
