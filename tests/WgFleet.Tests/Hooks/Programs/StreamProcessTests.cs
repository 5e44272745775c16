using WgFleet.Hooks.Programs;
using WgFleet.Tests.Hooks.Deliveries.Exec;

namespace WgFleet.Tests.Hooks.Programs;

/// <summary>A program that stays running: its lines, its answers and its log.</summary>
public sealed class StreamProcessTests : IAsyncDisposable
{
    private readonly StreamStage _stage = new();

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task Every_line_is_answered_by_the_same_process()
    {
        var process = _stage.Start("while next; do echo pid $$ >&2; ok; done");

        for (var i = 0; i < 100; i++)
        {
            var reply = await StreamStage.AskAsync(process, $"evt_{i}");
            reply.Answer.ShouldBe(new StreamAnswer($"evt_{i}", true));
            reply.Log.ShouldBe($"pid {process.Id}\n");
        }

        process.Answers.ShouldBe(100);
    }

    [Fact]
    public async Task Answers_may_come_in_another_order_than_the_lines()
    {
        var process = _stage.Start("next; first=$id; next; ok; id=$first; ok");

        var first = StreamStage.AskAsync(process, "a");
        var second = StreamStage.AskAsync(process, "b");

        (await second).Answer!.Id.ShouldBe("b");
        (await first).Answer!.Id.ShouldBe("a");
    }

    [Fact]
    public async Task Lines_that_are_written_together_arrive_each_for_itself()
    {
        // It reads nothing before all are written.
        var process = _stage.Start("until [ -e \"$0.go\" ]; do sleep 0.01; done; while next; do ok; done");

        var replies = Enumerable.Range(0, 500).Select(i => StreamStage.AskAsync(process, $"evt_{i}")).ToList();
        _stage.Folder.Write("program.go", "");

        (await Task.WhenAll(replies)).Select(r => r.Answer?.Id).ShouldBe(Enumerable.Range(0, 500).Select(i => $"evt_{i}"));
    }

    [Fact]
    public async Task Error_output_before_an_answer_is_the_log_of_that_line_and_of_no_other()
    {
        var process = _stage.Start("while next; do echo about $id >&2; ok; done");

        for (var i = 0; i < 200; i++)
            (await StreamStage.AskAsync(process, $"evt_{i}")).Log.ShouldBe($"about evt_{i}\n");
    }

    [Fact]
    public async Task Of_a_long_log_the_last_4_KiB_are_kept()
    {
        var process = _stage.Start("next; head -c 1000000 /dev/zero | tr '\\0' e >&2; echo end >&2; ok");

        (await StreamStage.AskAsync(process, "a")).Log.ShouldBe(new string('e', 4096 - 4) + "end\n");
    }

    [Theory]
    [InlineData("exit 3", "exit 3", "the program ended before it answered, exit 3: so long")]
    [InlineData("kill -KILL $$", "signal 9", "the program ended before it answered, signal 9: so long")]
    public async Task A_program_that_ends_answers_nothing_more(string lines, string code, string failure)
    {
        var process = _stage.Start($"next; echo so long >&2; {lines}");

        var reply = await StreamStage.AskAsync(process, "a");

        reply.ShouldBe(new StreamReply { Code = code, Failure = failure, Log = "so long\n" });
        (await process.Ended).ShouldBe(new StreamEnd(code, $"it ended by itself, {code}: so long"));
        (await StreamStage.AskAsync(process, "b")).IsInnocent.ShouldBeTrue();
    }

    [Fact]
    public async Task A_line_that_was_written_after_the_program_had_closed_its_input_may_be_given_to_the_next_process()
    {
        var process = _stage.Start("next; exec <&-; ok; echo closed >&2; sleep 1000");
        (await StreamStage.AskAsync(process, "a")).Answer.ShouldNotBeNull();
        await _stage.Log.HearAsync("closed");

        var reply = await _stage.UntilDoneAsync(StreamStage.AskAsync(process, "b"));

        reply.Failure.ShouldBe("the program was ended: it has closed its standard input: closed");
        reply.IsInnocent.ShouldBeTrue();
    }

    [Fact]
    public async Task A_program_that_closes_its_standard_output_is_ended()
    {
        var process = _stage.Start("next; echo closing >&2; exec >&-; sleep 1000");

        var reply = await _stage.UntilDoneAsync(StreamStage.AskAsync(process, "a"));

        reply.Failure.ShouldBe("the program was ended: it has closed its standard output: closing");
        reply.IsInnocent.ShouldBeFalse();
    }

    [Fact]
    public async Task Lines_that_are_no_answers_are_told_of_and_passed_over()
    {
        var process = _stage.Start("""
            next; echo hello world; echo; echo '[1]'; echo '{"ok":true}'; echo '{"id":"a"}'; echo '{"id":"a","ok":"yes"}'; echo '{"id":"a","ok":true} x'; printf '\377\n'
            ok; ok; id=z; ok; next; ok
            """);

        (await StreamStage.AskAsync(process, "a")).Answer.ShouldNotBeNull();
        (await StreamStage.AskAsync(process, "b")).Answer.ShouldNotBeNull();

        _stage.Nonsense.ShouldBe(
        [
            "it is not a JSON object: hello world",
            "it is empty: ",
            "it is not a JSON object: [1]",
            "it has no id: {\"ok\":true}",
            "it has no ok: {\"id\":\"a\"}",
            "ok is of the wrong type: {\"id\":\"a\",\"ok\":\"yes\"}",
            "it is not a JSON object: {\"id\":\"a\",\"ok\":true} x",
            "it is not a JSON object: \uFFFD",
            "it answers an id that is not waiting for an answer: {\"id\":\"a\",\"ok\":true}",
            "it answers an id that is not waiting for an answer: {\"id\":\"z\",\"ok\":true}",
        ]);
    }

    [Fact]
    public async Task A_program_that_writes_nothing_but_nonsense_is_ended()
    {
        var process = _stage.Start("next; exec yes");

        var reply = await _stage.UntilDoneAsync(StreamStage.AskAsync(process, "a"));

        reply.Failure.ShouldBe("the program was ended: it wrote 1000 lines to its standard output that are not answers; the last one: y");
        ExecRuns(process.Id).ShouldBeFalse();
    }

    private static bool ExecRuns(int id) => Deliveries.Exec.ExecStage.Runs($"{id}");
}
