using WgFleet.Hooks.Programs;
using WgFleet.Tests.Hooks.Deliveries.Exec;

namespace WgFleet.Tests.Hooks.Programs;

/// <summary>How programs are ended that do not answer, and what they leave behind.</summary>
public sealed class StreamEndTests : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly StreamStage _stage = new();

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task A_line_that_is_not_answered_in_time_ends_the_program_with_all_children()
    {
        var process = _stage.Start("""
            next
            sleep 1000 & echo child $! >&2
            trap 'echo bye >&2; exit 0' TERM
            echo set >&2
            wait
            """);
        var run = StreamStage.AskAsync(process, "a");
        var child = await _stage.Log.HearAsync("child");
        await _stage.Log.HearAsync("set");

        _stage.Time.Advance(Timeout);

        // No more of the clock is needed: all have heeded SIGTERM.
        (await run).ShouldBe(new StreamReply { Code = "timeout", Failure = "took longer than 30 s: bye", Log = $"child {child}\nset\nbye\n" });
        (await process.Ended).Reason.ShouldBe("it did not answer a within 30 s: bye");
        await ExecStage.GoneAsync(child);
    }

    [Fact]
    public async Task A_program_that_ignores_SIGTERM_is_killed_two_seconds_later_with_all_children_even_those_in_groups_of_their_own()
    {
        var process = _stage.Start("""
            next
            trap '' TERM
            sleep 1000 & echo child $! >&2
            bash -c 'set -m; sleep 1000 & echo other $! >&2; wait' &
            wait
            """);
        var run = StreamStage.AskAsync(process, "a");
        var (child, other) = (await _stage.Log.HearAsync("child"), await _stage.Log.HearAsync("other"));
        GroupOf(other).ShouldBe(other);

        _stage.Time.Advance(Timeout);
        await _stage.Time.SomebodyWaitsAsync(StreamProcess.Grace);
        _stage.Time.Advance(StreamProcess.Grace - TimeSpan.FromTicks(1));
        ExecStage.Runs(child).ShouldBeTrue();
        ExecStage.Runs(other).ShouldBeTrue();
        run.IsCompleted.ShouldBeFalse();
        _stage.Time.Advance(TimeSpan.FromTicks(1));

        (await run).Code.ShouldBe("timeout");
        await ExecStage.GoneAsync(child);
        await ExecStage.GoneAsync(other);
        ExecStage.Runs($"{process.Id}").ShouldBeFalse();
    }

    [Fact]
    public async Task The_line_that_is_out_longest_is_the_one_that_counts_and_the_others_are_innocent()
    {
        var process = _stage.Start("next; next; next; ok; sleep 1000");
        var hangs = StreamStage.AskAsync(process, "a");
        _stage.Time.Advance(TimeSpan.FromSeconds(10));
        var waits = StreamStage.AskAsync(process, "b");
        (await StreamStage.AskAsync(process, "c")).Answer.ShouldNotBeNull();

        _stage.Time.Advance(TimeSpan.FromSeconds(20));

        var reply = await _stage.UntilDoneAsync(hangs);
        (reply.Failure, reply.IsInnocent).ShouldBe(("took longer than 30 s", false));
        (await waits).IsInnocent.ShouldBeTrue();
        (await waits).Failure.ShouldBe("the program was ended: it did not answer a within 30 s");
    }

    [Fact]
    public async Task A_line_that_was_written_later_has_its_own_time()
    {
        var process = _stage.Start("next; ok; next; sleep 1000");
        (await StreamStage.AskAsync(process, "a")).Answer.ShouldNotBeNull();
        _stage.Time.Advance(TimeSpan.FromSeconds(20));
        var run = StreamStage.AskAsync(process, "b");

        _stage.Time.Advance(TimeSpan.FromSeconds(20));
        ExecStage.Runs($"{process.Id}").ShouldBeTrue();
        _stage.Time.Advance(TimeSpan.FromSeconds(10));

        (await _stage.UntilDoneAsync(run)).Code.ShouldBe("timeout");
    }

    [Fact]
    public async Task Processes_that_an_ended_program_leaves_in_its_session_are_killed()
    {
        var process = _stage.Start("next; sleep 1000 & echo child $! >&2; exit 0");
        var run = StreamStage.AskAsync(process, "a");
        var child = await _stage.Log.HearAsync("child");

        (await run).Code.ShouldBe("exit 0");

        await ExecStage.GoneAsync(child);
    }

    [Fact]
    public async Task A_process_that_has_left_the_session_survives_and_delays_nothing_although_it_has_the_outputs_open()
    {
        var process = _stage.Start("""
            next
            setsid sleep 1000 & child=$!
            until [ "$(cut -d' ' -f6 /proc/$child/stat)" = $child ]; do :; done
            echo child $child >&2
            exit 0
            """);
        var run = StreamStage.AskAsync(process, "a");
        var child = await _stage.Log.HearAsync("child");
        try
        {
            await _stage.Time.SomebodyWaitsAsync(StreamProcess.LastWords);

            (await _stage.UntilDoneAsync(run)).Code.ShouldBe("exit 0");

            ExecStage.Runs(child).ShouldBeTrue();
        }
        finally
        {
            ExecStage.Kill(child);
        }
    }

    [Fact]
    public async Task A_stop_closes_the_input_and_a_program_that_then_ends_gets_no_signal()
    {
        var process = _stage.Start("while next; do ok; done");
        (await StreamStage.AskAsync(process, "a")).Answer.ShouldNotBeNull();

        await process.StopAsync();

        (await process.Ended).ShouldBe(new StreamEnd("exit 0", "it ended by itself, exit 0"));
    }

    private static string GroupOf(string pid) => File.ReadAllText($"/proc/{pid}/stat") is var stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2] : "";
}

/// <summary>What is left of many processes.</summary>
[Collection(nameof(WholeProcess))]
public sealed class StreamLeakTests : IAsyncDisposable
{
    private readonly StreamStage _stage = new();

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task A_hundred_processes_leave_no_zombie_no_open_file_and_no_thread()
    {
        var file = _stage.Script("next; ok");
        await OneAsync(file);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Pipes();

        for (var i = 0; i < 100; i++)
            await OneAsync(file);

        Pipes().ShouldBe(before);
        Directory.EnumerateDirectories("/proc/self/task").Count(t => File.ReadAllText($"{t}/comm").StartsWith("stream ", StringComparison.Ordinal)).ShouldBeLessThan(5);
    }

    [Fact]
    public async Task A_line_of_a_hundred_megabytes_is_passed_over_and_not_held_in_memory()
    {
        var process = _stage.Start("next; head -c 100000000 /dev/zero | tr '\\0' x; echo; ok");
        var before = GC.GetTotalAllocatedBytes();

        (await StreamStage.AskAsync(process, "a")).Answer.ShouldNotBeNull();

        _stage.Nonsense.ShouldHaveSingleItem().ShouldBe($"longer than 64 KiB: {new string('x', 80)}…");
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(20_000_000);
    }

    private async Task OneAsync(string file)
    {
        var process = _stage.StartFile(file);
        (await StreamStage.AskAsync(process, "a")).Answer.ShouldNotBeNull();
        (await process.Ended).Code.ShouldBe("exit 0");
        ExecStage.Runs($"{process.Id}").ShouldBeFalse();
        Directory.Exists($"/proc/{process.Id}").ShouldBeFalse();
    }

    private static int Pipes() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Count(f => new FileInfo(f).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);
}
