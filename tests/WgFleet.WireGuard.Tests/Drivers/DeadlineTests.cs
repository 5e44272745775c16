using Microsoft.Extensions.Time.Testing;
using WgFleet.WireGuard.Drivers;
using WgFleet.WireGuard.Kernel;
using WgFleet.WireGuard.Tests.Kernel;
using WgFleet.WireGuard.Tests.Netlink;
using WgFleet.WireGuard.Tests.Uapi;
using WgFleet.WireGuard.Uapi;

namespace WgFleet.WireGuard.Tests.Drivers;

/// <summary>Whoever asks WireGuard gets an answer or an error within 5 seconds, whatever the kernel or a program does.</summary>
public class DeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_kernel_that_does_not_answer_is_an_error_after_5_seconds_and_the_next_request_succeeds()
    {
        var silent = new SilentSocket();
        var sockets = new Queue<WgFleet.WireGuard.Netlink.INetlinkSocket>([silent, new ReplayedKernel(Recording.Read("get"))]);
        using var wireGuard = Limited(new KernelWireGuard(sockets.Dequeue, new NapiThreads()));

        var question = wireGuard.GetDeviceAsync("wg0", Ct);
        await silent.Asked;
        _time.Advance(TimeSpan.FromSeconds(4.9));
        question.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.1));

        (await Should.ThrowAsync<WireGuardException>(question)).Message.ShouldBe("wg0 did not answer within 5 s");
        (await wireGuard.GetDeviceAsync("wg0", Ct)).Peers.Count.ShouldBe(3);
        silent.Disposed.ShouldBeTrue();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_kernel_that_holds_the_thread_delays_no_caller_beyond_its_own_deadline()
    {
        var stuck = new SilentSocket { HoldsTheThread = true };
        var sockets = new Queue<WgFleet.WireGuard.Netlink.INetlinkSocket>([stuck, new ReplayedKernel(Recording.Read("get"))]);
        using var wireGuard = Limited(new KernelWireGuard(sockets.Dequeue, new NapiThreads()));

        var first = wireGuard.GetDeviceAsync("wg0", Ct);
        await stuck.Asked;
        _time.Advance(TimeSpan.FromSeconds(3));
        var second = wireGuard.GetDeviceAsync("wg0", Ct);
        _time.Advance(TimeSpan.FromSeconds(2));
        await Should.ThrowAsync<WireGuardException>(first);
        second.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(3));
        await Should.ThrowAsync<WireGuardException>(second);

        stuck.Release();
        (await wireGuard.GetDeviceAsync("wg0", Ct)).Peers.Count.ShouldBe(3);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_program_that_does_not_answer_is_an_error_after_5_seconds_also_for_those_who_wait_for_their_turn()
    {
        var asked = new TaskCompletionSource();
        await using var server = new FakeUapi(async connection =>
        {
            await connection.ReadAsync();
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, connection.Stop);
        });
        using var wireGuard = Limited(new FallbackWireGuard(new UapiWireGuard(server.Directory), ReplayedKernel.Open()));

        var first = wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct);
        await asked.Task;
        var second = wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct);
        _time.Advance(TimeSpan.FromSeconds(5));

        (await Should.ThrowAsync<WireGuardException>(first)).Message.ShouldBe("wg_fake did not answer within 5 s");
        await Should.ThrowAsync<WireGuardException>(second);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_change_of_thousands_of_peers_may_take_a_millisecond_more_for_each()
    {
        var silent = new SilentSocket();
        using var wireGuard = Limited(new KernelWireGuard(() => silent, new NapiThreads()));

        var change = wireGuard.ChangeAsync("wg0", new DeviceChange { Peers = [.. Enumerable.Range(1, 2000).Select(Some.Peer)] }, Ct);
        await silent.Asked;
        _time.Advance(TimeSpan.FromSeconds(5));
        change.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(2));

        (await Should.ThrowAsync<WireGuardException>(change)).Message.ShouldBe("wg0 did not answer within 7 s");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_caller_that_cancels_gets_a_cancellation_and_not_an_error()
    {
        var silent = new SilentSocket();
        using var wireGuard = Limited(new KernelWireGuard(() => silent, new NapiThreads()));
        using var cancellation = new CancellationTokenSource();

        var question = wireGuard.GetDeviceAsync("wg0", cancellation.Token);
        await silent.Asked;
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(question);
    }

    private TimeLimitedWireGuard Limited(IWireGuard inner) => new(inner, _time);
}
