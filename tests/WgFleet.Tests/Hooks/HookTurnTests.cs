using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Handlers;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Hooks;

/// <summary>Whoever calls a hook waits for its turn, so that its object is never entered twice at once.</summary>
public class HookTurnTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_from_many_threads_run_one_after_the_other()
    {
        var turn = new HookTurn("one", TimeSpan.FromMinutes(1), new HookHealth(), TimeProvider.System, NullLogger.Instance);
        var (inside, most, calls) = (0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => turn.RunAsync(
            async _ =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Increment(ref calls);
                Interlocked.Decrement(ref inside);
            },
            Ct)));

        (most, calls).ShouldBe((1, 50));
    }

    [Fact]
    public async Task A_cancelled_wait_for_a_turn_makes_no_call()
    {
        var turn = new HookTurn("one", TimeSpan.FromMinutes(1), new HookHealth(), TimeProvider.System, NullLogger.Instance);
        var first = new TaskCompletionSource();
        var running = turn.RunAsync(async _ => await first.Task, Ct);
        using var impatient = new CancellationTokenSource();
        var called = false;
        var second = turn.RunAsync(
            _ =>
            {
                called = true;
                return default;
            },
            impatient.Token);

        await impatient.CancelAsync();

        (await second).Error.ShouldBeAssignableTo<OperationCanceledException>();
        first.SetResult();
        (await running).Error.ShouldBeNull();
        called.ShouldBeFalse();
    }

    [Fact]
    public async Task A_test_of_a_handler_waits_until_the_call_under_way_has_ended_and_is_not_counted()
    {
        await using var stage = new Stage(typeof(HandlerTests.Blocks));
        await stage.StartAsync();
        var told = stage.TellAsync(stage.World.Add());
        await stage.Calls.UntilAsync("middle called");
        var e = stage.World.Add().Events[0];

        var test = stage.Hooks.Find("middle").ShouldBeOfType<HandlerHook>().TestAsync(new DeliveryAttempt(e, StoredEvent.Of(e).Envelope("example.test"), 1), Ct);
        test.IsCompleted.ShouldBeFalse();

        stage.Calls.Release();
        (await test).Verdict.ShouldBe(DeliveryVerdict.Delivered);
        await told;
        stage.Status("middle").Runs.ShouldBe(1);
    }
}
