namespace WgFleet.Tests.Fleets;

/// <summary>A clock that was ahead and is right again, as on a gateway that gets the time only after it has started.</summary>
public class ClockTests
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(2);

    [Fact]
    public async Task A_client_seen_while_the_clock_was_ahead_is_pruned_prune_timeout_after_the_clock_is_right()
    {
        await using var test = await TestRegistry.StartAsync();
        test.Time.Advance(Ahead);

        // The jump also ends the time limit of a request to the interface that is under way. The interface then counts as down for a moment.
        await test.PassAsync(TimeSpan.FromSeconds(20));
        var client = await test.JoinAsync();
        client.Liveness.Pinged(test.Time.GetUtcNow());
        test.Time.Advance(-Ahead);

        await test.PassAsync(TimeSpan.FromMinutes(29));
        (await test.Pruner.PruneAsync(TestRegistry.Ct)).ShouldBe(0);
        await test.PassAsync(TimeSpan.FromMinutes(2));
        (await test.Pruner.PruneAsync(TestRegistry.Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task A_client_seen_while_the_clock_was_ahead_is_pruned_in_time_after_a_restart()
    {
        await using var test = await TestRegistry.StartAsync();
        test.Time.Advance(Ahead);
        await test.PassAsync(TimeSpan.FromSeconds(20));
        await test.JoinAsync();
        await test.RestartAsync();
        await test.Registry.StopAsync();
        await test.StopAsync();
        test.Time.Advance(-Ahead);
        await test.StartAgainAsync();

        test.Alpha.ById.Values.ShouldHaveSingleItem().Liveness.LastPing.ShouldBe(test.Time.GetUtcNow());
        await test.PassAsync(TimeSpan.FromMinutes(31));
        (await test.Pruner.PruneAsync(TestRegistry.Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task A_handshake_in_the_future_is_not_a_sign_of_life()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow() + Ahead);

        await test.Registry.ObserveAsync("alpha", TestRegistry.Ct);

        client.Liveness.LastHandshake.ShouldBeNull();
    }
}
