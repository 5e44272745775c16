using Microsoft.Extensions.Logging;
using WgFleet.Hooks;

namespace WgFleet.Tests.Hooks;

public class HookEndTests
{
    [Fact]
    public async Task Disposable_hooks_are_disposed_when_the_server_stops_after_their_last_event()
    {
        await using var stage = new Stage(typeof(Holding), typeof(HoldingLonger), typeof(HoldingAFile));
        await stage.StartAsync();
        stage.Hooks.Publish(stage.World.Add());

        await stage.Hooks.StopAsync();

        stage.Calls.Made.Where(c => c.StartsWith("holding", StringComparison.Ordinal)).ShouldBe(["holding client.added", "holding is disposed of"]);
        stage.Calls.Made.ShouldContain("longer is disposed of");
        stage.Calls.Made.ShouldContain("file is disposed of");
    }

    [Fact]
    public async Task A_hook_that_throws_on_disposal_is_logged_and_stops_nothing()
    {
        await using var stage = new Stage(typeof(Throwing), typeof(Holding));
        await stage.StartAsync();

        await stage.Hooks.StopAsync();

        stage.Calls.Made.ShouldBe(["holding is disposed of"]);
        stage.Log.At(LogLevel.Warning).ShouldBe(["Hook throwing could not be disposed: Test error"]);
    }

    [Fact]
    public async Task A_hook_that_is_stuck_in_a_call_is_not_disposed()
    {
        await using var stage = new Stage(typeof(Stuck));
        await stage.StartAsync();
        stage.Hooks.Publish(stage.World.Add());
        await stage.Calls.UntilAsync("stuck called");
        await Eventually.True(() => stage.Status("stuck").Stuck, () => stage.Time.Advance(TimeSpan.FromSeconds(1)));

        await stage.Hooks.StopAsync();

        stage.Calls.Made.ShouldBeEmpty();
        stage.Log.At(LogLevel.Warning)[^1].ShouldBe("Hook stuck could not be disposed: an earlier call has not returned");
    }

    [Hook("holding")]
    internal sealed class Holding(Calls calls) : IHook<ClientAdded>, IDisposable
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            calls.Note("holding client.added");
            return default;
        }

        public void Dispose() => calls.Note("holding is disposed of");
    }

    [Hook("longer")]
    internal sealed class HoldingLonger(Calls calls) : IHook<ClientAdded>, IAsyncDisposable
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            calls.Note("longer is disposed of");
        }
    }

    [Hook("file")]
    internal sealed class HoldingAFile(Calls calls) : IProjection, IDisposable
    {
        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken) => default;

        public void Dispose() => calls.Note("file is disposed of");
    }

    [Hook("throwing")]
    internal sealed class Throwing(Calls calls) : IHook<ClientAdded>, IDisposable
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;

        public void Dispose() => throw calls.Error!;
    }

    [Hook("stuck")]
    internal sealed class Stuck(Calls calls) : IHook<ClientAdded>, IDisposable
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            calls.Announce("stuck called");
            calls.Gate.Wait(CancellationToken.None);
            return default;
        }

        public void Dispose() => calls.Note("stuck is disposed of");
    }
}
