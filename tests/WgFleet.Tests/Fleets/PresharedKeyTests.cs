using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Fleets;

/// <summary>Preshared keys of clients: WireGuard and the database have the same ones, whatever happens. On both engines.</summary>
public abstract class PresharedKeyTests(TestEngine engine)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_client_of_a_fleet_with_preshared_keys_gets_one_of_its_own_and_keeps_it_when_it_registers_again()
    {
        await using var test = await TestRegistry.StartAsync(engine, On);
        var key = Some.Key();

        var client = await RegisterAsync(test, key);
        var other = await test.JoinAsync();
        var again = await RegisterAsync(test, key);

        client.PresharedKey.ShouldNotBeNull().ShouldNotBe(other.PresharedKey);
        again.PresharedKey.ShouldBe(client.PresharedKey);
        (await test.JoinAsync("beta")).PresharedKey.ShouldBeNull();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_client_keeps_its_preshared_key_over_a_restart_with_lost_interfaces()
    {
        await using var test = await TestRegistry.StartAsync(engine, On);
        var client = await test.JoinAsync();

        await test.StopAsync();
        test.WireGuard.Lose("wg_alpha");
        await test.StartAgainAsync();

        test.Alpha.ById[client.Id].PresharedKey.ShouldBe(client.PresharedKey);
        test.WireGuard.Peer("wg_alpha", client.PublicKey).PresharedKey.ShouldBe(client.PresharedKey);
        test.ShouldAgree();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_preshared_key_that_another_program_changes_or_removes_is_set_again(bool removes)
    {
        await using var test = await TestRegistry.StartAsync(engine, On);
        var client = await test.JoinAsync();
        test.WireGuard.SetPresharedKey("wg_alpha", client.PublicKey, removes ? null : PresharedKey.Generate());

        await test.Registry.ObserveAsync("alpha", Ct);

        test.ShouldAgree();
    }

    [Fact]
    public async Task A_client_from_before_has_none_until_it_registers_again()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var key = Some.Key();
        var before = await RegisterAsync(test, key);
        before.PresharedKey.ShouldBeNull();
        await test.RestartAsync(On);
        test.Alpha.ByKey[key].PresharedKey.ShouldBeNull();
        test.ShouldAgree();

        // With a live tunnel, whose peer is not removed and added again.
        test.WireGuard.Touch("wg_alpha", key, test.Time.GetUtcNow());
        await test.Registry.ObserveAsync("alpha", Ct);
        var changes = test.WireGuard.Changes.Count;
        var client = await RegisterAsync(test, key);

        (client.PresharedKey is not null, client.Address).ShouldBe((true, before.Address));
        test.WireGuard.Changes.Skip(changes).SelectMany(c => c.Change.Peers).ShouldHaveSingleItem().ShouldSatisfyAllConditions(p => p.Remove.ShouldBeFalse(), p => p.UpdateOnly.ShouldBeTrue());
        test.ShouldAgree();

        await test.RestartAsync();
        test.Alpha.ByKey[key].PresharedKey.ShouldBe(client.PresharedKey);
    }

    [Fact]
    public async Task When_a_fleet_gives_none_any_more_its_clients_keep_theirs_until_they_register_again()
    {
        await using var test = await TestRegistry.StartAsync(engine, On);
        var key = Some.Key();
        var before = await RegisterAsync(test, key);
        await test.RestartAsync(c => c with { Fleets = [c.Fleets[0] with { Client = ClientTunnelConfig.Default }, c.Fleets[1]] });
        test.WireGuard.Peer("wg_alpha", key).PresharedKey.ShouldBe(before.PresharedKey);

        var client = await RegisterAsync(test, key);

        (client.Id, client.PresharedKey).ShouldBe((before.Id, null));
        test.WireGuard.Peer("wg_alpha", key).PresharedKey.ShouldBeNull();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_restored_client_has_the_preshared_key_that_its_machine_still_has()
    {
        await using var test = await TestRegistry.StartAsync(engine, On);
        var client = await test.JoinAsync("alpha", "web");
        await test.RemoveAsync(client);

        var back = await test.Registry.RestoreAsync(test.Tombstones.ShouldHaveSingleItem(), Acting.As("ops"));

        back.PresharedKey.ShouldBe(client.PresharedKey);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_machine_that_was_not_answered_because_the_interface_is_down_gets_the_key_that_its_peer_has_when_it_asks_again()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var key = Some.Key();
        await RegisterAsync(test, key);
        await test.RestartAsync(On);
        test.WireGuard.Touch("wg_alpha", key, test.Time.GetUtcNow());
        await test.Registry.ObserveAsync("alpha", Ct);
        test.WireGuard.Refuse("wg_alpha");

        await Should.ThrowAsync<TunnelException>(RegisterAsync(test, key));

        test.WireGuard.Heal("wg_alpha");
        await test.PassAsync(TimeSpan.FromSeconds(20));
        test.ShouldAgree();
        var client = await RegisterAsync(test, key);
        client.PresharedKey.ShouldNotBeNull().ShouldBe(test.WireGuard.Peer("wg_alpha", key).PresharedKey);
    }

    [Fact]
    public async Task No_event_and_no_log_line_has_a_preshared_key()
    {
        await using var test = await TestRegistry.StartAsync(engine, On);
        var client = await test.JoinAsync("alpha", "web");
        await test.RemoveAsync(client);

        var key = client.PresharedKey!.Reveal();
        test.Stored.Rows("SELECT data FROM events").ShouldNotContain(r => r.Contains(key));
        test.Log.Lines.ShouldNotContain(l => l.Message.Contains(key));
        test.Events.OfType<ClientAdded>().ShouldHaveSingleItem().ToString()!.ShouldNotContain(key);
        client.ToString().ShouldNotContain(key);
    }

    private static ServerConfig On(ServerConfig config) =>
        config with { Fleets = [config.Fleets[0] with { Client = new ClientTunnelConfig { Preshared = true } }, config.Fleets[1]] };

    private static Task<RegisteredClient> RegisterAsync(TestRegistry test, WireGuardKey key) => test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);
}

public sealed class SqlitePresharedKeyTests() : PresharedKeyTests(TestEngine.Sqlite);

public sealed class PostgresPresharedKeyTests() : PresharedKeyTests(TestEngine.Postgres);
