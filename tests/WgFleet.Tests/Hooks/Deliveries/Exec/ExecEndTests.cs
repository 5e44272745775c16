using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Exec;

namespace WgFleet.Tests.Hooks.Deliveries.Exec;

/// <summary>How programs end that do not end by themselves, and what they leave behind.</summary>
public sealed class ExecEndTests : IDisposable
{
    private static readonly TimeSpan Timeout = new ExecConfig { Command = "/x" }.Timeout;

    private readonly ExecStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task At_the_timeout_a_program_and_its_children_get_SIGTERM_and_their_last_output_is_kept()
    {
        var run = _stage.RunAsync("""
            sleep 1000 & child=$!
            trap 'echo bye; exit 0' TERM
            echo child $child
            wait
            """);
        var child = await _stage.Log.HearAsync("child");
        await _stage.Time.SomebodyWaitsAsync(Timeout);

        _stage.Time.Advance(Timeout);
        // No more of the clock is needed: all have heeded SIGTERM.
        var outcome = await run;

        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Code.ShouldBe("timeout");
        outcome.Error.ShouldBe("took longer than 30 s: bye");
        outcome.Response.ShouldBe($"child {child}\nbye\n");
        await ExecStage.GoneAsync(child);
    }

    [Fact]
    public async Task A_program_that_ignores_SIGTERM_is_killed_two_seconds_later_with_all_children()
    {
        var run = _stage.RunAsync("""
            trap '' TERM
            sleep 1000 & echo child $!
            wait
            """);
        var child = await _stage.Log.HearAsync("child");
        await _stage.Time.SomebodyWaitsAsync(Timeout);
        _stage.Time.Advance(Timeout);
        await _stage.Time.SomebodyWaitsAsync(ExecDelivery.Grace);

        _stage.Time.Advance(ExecDelivery.Grace - TimeSpan.FromTicks(1));
        ExecStage.Runs(child).ShouldBeTrue();
        _stage.Time.Advance(TimeSpan.FromTicks(1));

        (await run).Code.ShouldBe("timeout");
        await ExecStage.GoneAsync(child);
    }

    [Fact]
    public async Task A_child_that_ignores_SIGTERM_is_killed_although_the_program_has_ended()
    {
        var run = _stage.RunAsync("""
            sh -c "trap '' TERM; exec sleep 1000" & child=$!
            until grep -q 'SigIgn:.*400.$' /proc/$child/status; do :; done
            echo child $child
            exec sleep 1000
            """);
        var child = await _stage.Log.HearAsync("child");

        (await _stage.UntilDoneAsync(run)).Code.ShouldBe("timeout");

        await ExecStage.GoneAsync(child);
    }

    [Fact]
    public async Task Cancelling_ends_the_program_and_throws()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ExecStage.Ct);
        var run = _stage.Delivery(_stage.Folder.Script("echo pid $$; exec sleep 1000")).DeliverAsync(ExecStage.Attempt(), cancel.Token);
        var pid = await _stage.Log.HearAsync("pid");

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(run);
        Directory.Exists($"/proc/{pid}").ShouldBeFalse();
    }

    [Fact]
    public async Task An_attempt_that_is_already_cancelled_starts_no_program()
    {
        var delivery = _stage.Delivery(_stage.Folder.Script("echo started"));

        await Should.ThrowAsync<OperationCanceledException>(delivery.DeliverAsync(ExecStage.Attempt(), new CancellationToken(canceled: true)));

        _stage.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_grandchild_that_holds_the_output_open_delays_the_result_by_one_second_and_is_not_killed()
    {
        var delivery = _stage.Delivery(_stage.Folder.Script("exec 3<&0; sleep 1000 & echo child $!; exit 0"));
        var run = delivery.DeliverAsync(ExecStage.Attempt(envelope: new byte[1_000_000]), ExecStage.Ct);
        var child = await _stage.Log.HearAsync("child");
        try
        {
            await _stage.Time.SomebodyWaitsAsync(ExecDelivery.LastWords);
            run.IsCompleted.ShouldBeFalse();
            _stage.Time.Advance(ExecDelivery.LastWords);

            var outcome = await run;

            outcome.Verdict.ShouldBe(DeliveryVerdict.Delivered);
            outcome.Response.ShouldBe($"child {child}\n");
            ExecStage.Runs(child).ShouldBeTrue();
        }
        finally
        {
            ExecStage.Kill(child);
        }
    }

    [Fact]
    public async Task A_process_that_left_the_group_by_setsid_survives_the_timeout()
    {
        var run = _stage.RunAsync("""
            setsid sleep 1000 & child=$!
            until [ "$(cut -d' ' -f6 /proc/$child/stat)" = $child ]; do :; done
            echo child $child
            exec sleep 1000
            """);
        var child = await _stage.Log.HearAsync("child");
        try
        {
            (await _stage.UntilDoneAsync(run)).Code.ShouldBe("timeout");

            ExecStage.Runs(child).ShouldBeTrue();
        }
        finally
        {
            ExecStage.Kill(child);
        }
    }
}
