using WgFleet.Config.Isolation;
using WgFleet.Fleets.State;
using WgFleet.Hooks;

namespace WgFleet.Tests.Fleets.Isolation;

/// <summary>When a fleet's table is made, repaired and left alone.</summary>
public class IsolationKeeperTests
{
    private const string Table = "wg-fleet_alpha";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_is_an_operators_from_the_moment_that_it_is_tagged_and_not_one_moment_longer()
    {
        await using var test = await IsolatedAsync();
        var client = await test.JoinAsync();
        test.Nft.Tables[Table].ShouldNotContain(client.Address.ToString());

        await test.Registry.TagAsync("alpha", [client.Id], new Dictionary<string, string> { ["role"] = "operator" }, [], Acting.As("ops"));
        await Eventually.True(() => test.Nft.Tables[Table].Contains($"elements = {{ {client.Address} }}"));

        await test.Registry.RemoveAsync("alpha", [client.Id], _ => true, "removed");
        test.Nft.Tables[Table].ShouldNotContain(client.Address.ToString());
    }

    [Fact]
    public async Task A_slow_nft_delays_a_change_and_does_not_take_the_fleet_down()
    {
        await using var test = await IsolatedAsync();
        var client = await test.JoinAsync();
        test.Nft.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

        var tagged = test.Registry.TagAsync("alpha", [client.Id], new Dictionary<string, string> { ["role"] = "operator" }, [], Acting.As("ops"));
        for (var i = 0; i < 6; i++)
        {
            test.Time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Yield();
        }

        test.Health.Of("alpha").State.ShouldNotBe(FleetCondition.Down);
        test.Nft.Hold.SetResult();
        await tagged;
        await Eventually.True(() => test.Nft.Tables[Table].Contains($"elements = {{ {client.Address} }}"));
        test.Health.Of("alpha").State.ShouldNotBe(FleetCondition.Down);
    }

    [Fact]
    public async Task Clients_that_no_rule_names_start_no_process()
    {
        await using var test = await IsolatedAsync();
        test.Nft.Tables.Keys.ShouldBe([Table]);
        var runs = test.Nft.Runs;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => test.JoinAsync()));

        test.Nft.Runs.ShouldBe(runs);
    }

    [Theory]
    [InlineData(true, "its nftables table wg-fleet_alpha was missing")]
    [InlineData(false, "its nftables table wg-fleet_alpha was changed")]
    public async Task A_table_that_another_program_deletes_or_changes_is_made_again_and_recorded(bool isDeleted, string reason)
    {
        await using var test = await IsolatedAsync();
        var before = test.Nft.Tables[Table];
        if (isDeleted)
            test.Nft.Tables.Clear();
        else
            test.Nft.Tables[Table] = "another";

        test.Time.Advance(Interval);
        await test.Links["alpha"].LookAsync(Ct);

        test.Nft.Tables[Table].ShouldBe(before);
        await Eventually.True(() => test.Events.OfType<FleetRepaired>().Any(e => e.Reason == reason));
    }

    [Fact]
    public async Task Without_nft_the_fleet_is_degraded_until_nft_is_there()
    {
        await using var test = await IsolatedAsync();
        test.Nft.Failure = "nft cannot run, install nftables: nft: No such file or directory";
        test.Time.Advance(Interval);
        await test.Links["alpha"].LookAsync(Ct);
        test.Health.Of("alpha").Reason.ShouldBe("its clients are not isolated: nft cannot run, install nftables: nft: No such file or directory");
        await test.JoinAsync();

        test.Nft.Failure = null;
        test.Nft.Tables.Clear();
        test.Time.Advance(Interval);
        await test.Links["alpha"].LookAsync(Ct);

        test.Nft.Tables.Keys.ShouldBe([Table]);
        (test.Health.Of("alpha").Reason ?? "").ShouldNotContain("nft");
    }

    [Fact]
    public async Task A_fleet_without_the_keys_starts_no_process()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync();
        await test.Links["alpha"].LookAsync(Ct);

        test.Nft.Runs.ShouldBe(0);
    }

    private static Task<TestRegistry> IsolatedAsync() => TestRegistry.StartAsync(change: c => c with
    {
        Fleets = [.. c.Fleets.Select(f => f.Name == "alpha" ? f with { Isolation = new IsolationConfig(Peers: false, []) } : f)],
    });
}
