using WgFleet.WireGuard.Linux;
using WgFleet.WireGuard.Links;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Links;

public sealed class InterfaceWatcherTests : IDisposable
{
    private readonly ScriptedSocket _kernel = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _kernel.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task The_first_report_says_that_everything_may_have_changed()
    {
        await using var watch = Watch();

        (await NextAsync(watch)).Everything.ShouldBeTrue();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_changed_interface_and_a_changed_address_are_reported_by_name()
    {
        await using var watch = Watch();
        await NextAsync(watch);

        _kernel.Queue(RecordedTests.Read("link")[0]);
        (await NextAsync(watch)).Names.ShouldBe(["wgrec0"]);
        _kernel.Queue(RecordedTests.Read("addresses")[0]);

        var report = await NextAsync(watch);
        report.Everything.ShouldBeFalse();
        report.Concerns("wgrec0").ShouldBeTrue();
        report.Concerns("eth0").ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_renamed_interface_is_reported_by_both_names()
    {
        await using var watch = Watch(("old", 3));
        await NextAsync(watch);

        _kernel.Queue(RecordedTests.Read("link")[0]);

        (await NextAsync(watch)).Names.ShouldBe(["old", "wgrec0"], ignoreOrder: true);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_address_of_an_unknown_interface_may_concern_any()
    {
        await using var watch = Watch();
        await NextAsync(watch);

        _kernel.Queue(RecordedTests.Read("addresses")[0]);

        (await NextAsync(watch)).Everything.ShouldBeTrue();
    }

    [Theory(Timeout = 30_000)]
    [InlineData(Errno.NoBuffers)]
    [InlineData(Errno.MessageTooLong)]
    public async Task After_dropped_notifications_everything_may_have_changed_and_the_watch_goes_on(int errno)
    {
        await using var watch = Watch();
        await NextAsync(watch);

        _kernel.QueueError(errno);
        (await NextAsync(watch)).Everything.ShouldBeTrue();
        _kernel.Queue(RecordedTests.Read("link")[0]);

        (await NextAsync(watch)).Names.ShouldBe(["wgrec0"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_notification_that_cannot_be_read_may_concern_any_interface()
    {
        await using var watch = Watch();
        await NextAsync(watch);

        _kernel.Queue(RecordedTests.Read("link")[0][..40]);

        (await NextAsync(watch)).Everything.ShouldBeTrue();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_watch_that_fails_for_good_is_an_error()
    {
        await using var watch = Watch();
        await NextAsync(watch);

        _kernel.QueueError(9);

        (await Should.ThrowAsync<WireGuardException>(NextAsync(watch))).Message.ShouldStartWith("the kernel's notifications about interfaces ended: errno 9, ");
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_the_watch()
    {
        using var cancellation = new CancellationTokenSource();
        await using var watch = InterfaceWatcher.WatchAsync(() => _kernel, () => Task.FromResult<IEnumerable<InterfaceState>>([]), cancellation.Token).GetAsyncEnumerator(Ct);
        await NextAsync(watch);

        var next = watch.MoveNextAsync().AsTask();
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(next);
    }

    private IAsyncEnumerator<ChangedInterfaces> Watch(params (string Name, int Index)[] known) =>
        InterfaceWatcher.WatchAsync(
            () => _kernel, () => Task.FromResult(known.Select(i => new InterfaceState(i.Name, i.Index, null, true, 1500, []))), Ct).GetAsyncEnumerator(Ct);

    private static async Task<ChangedInterfaces> NextAsync(IAsyncEnumerator<ChangedInterfaces> watch)
    {
        (await watch.MoveNextAsync()).ShouldBeTrue();
        return watch.Current;
    }
}
