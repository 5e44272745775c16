using WgFleet.Hooks.Projections;

namespace WgFleet.Tests.Hooks.Projections;

/// <content>Draining, disposing, and loops that end.</content>
public sealed partial class CoalescerTests
{
    [Fact]
    public void Draining_runs_what_is_left_without_the_interval()
    {
        _coalescer.Request();
        _coalescer.Request();

        var drained = _coalescer.DrainAsync(TestContext.Current.CancellationToken);

        drained.IsCompletedSuccessfully.ShouldBeTrue();
        _starts.ShouldBe([Ms(0), Ms(0)]);
    }

    [Fact]
    public async Task Draining_backs_off_after_a_failure_and_ends_with_a_success()
    {
        _outcome = false;
        _coalescer.Request();
        var drained = _coalescer.DrainAsync(TestContext.Current.CancellationToken);
        Advance(5);
        Advance(10);
        _outcome = true;
        Advance(19);
        _starts.ShouldBe([Ms(0), Ms(5), Ms(15)]);
        drained.IsCompleted.ShouldBeFalse();

        Advance(1);

        await drained;
        _starts.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Disposing_ends_every_wait_and_starts_no_run()
    {
        _outcome = null;
        _coalescer.Request();
        var running = _coalescer.WaitAsync(Ever);
        _coalescer.Request();
        var next = _coalescer.WaitAsync(Ever);
        var drained = _coalescer.DrainAsync(TestContext.Current.CancellationToken);

        _coalescer.Dispose();

        (await running).ShouldBeFalse();
        (await next).ShouldBeFalse();
        await drained;
        (await _coalescer.WaitAsync(Ever)).ShouldBeFalse();
        EndRun(true);
        _coalescer.Request();
        Advance(10_000);
        _starts.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_run_that_throws_ends_the_loop_fails_the_waiting_requests_and_is_repeated_by_the_next_loop()
    {
        _outcome = null;
        _coalescer.Request();
        var wait = _coalescer.WaitAsync(Ever);
        _running!.SetException(new InvalidOperationException("a fault"));

        (await Should.ThrowAsync<InvalidOperationException>(_loop)).Message.ShouldBe("a fault");
        Answer(wait).ShouldBe(false);
        _worked.ShouldBe(0);
        Advance(1000);
        _starts.Count.ShouldBe(1);

        _outcome = true;
        _loop = _coalescer.LoopAsync(() => _worked++, _stop.Token);

        _starts.Count.ShouldBe(2);
        _worked.ShouldBe(1);
        Answer(_coalescer.WaitAsync(TimeSpan.Zero)).ShouldBe(true);
        _coalescer.Request();
        _starts.Count.ShouldBe(2);
        Advance(100);
        _starts.Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_loop_ends_when_it_is_cancelled_also_while_it_waits()
    {
        _coalescer.Request();

        await _stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(_loop);
        _coalescer.Request();
        Advance(10_000);
        _starts.Count.ShouldBe(1);
    }

    [Fact]
    public void Without_a_request_a_run_follows_the_last_one_after_the_resync_time()
    {
        using var coalescer = new Coalescer(Run, Interval, _time, resync: Ms(60_000));
        _ = coalescer.LoopAsync(() => { }, _stop.Token);
        Advance(120_000);
        _starts.ShouldBeEmpty();

        coalescer.Request();
        Advance(59_000);
        coalescer.Request();
        Advance(179_000);

        var first = TimeSpan.FromSeconds(120);
        _starts.ShouldBe([first, first + Ms(59_000), first + Ms(119_000), first + Ms(179_000)]);
    }
}
