using System.Net;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Fleets;

/// <summary>IPv4 addresses of clients beside their IPv6 ones: the database and WireGuard have the same ones, each once, whatever happens. On both engines.</summary>
public abstract class SecondAddressTests(TestEngine engine)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_client_gets_an_IPv4_address_of_its_own_and_keeps_it_when_it_registers_again_and_over_a_restart()
    {
        await using var test = await TestRegistry.StartAsync(engine, On);
        var key = Some.Key();

        var client = await RegisterAsync(test, key);
        var other = await test.JoinAsync();

        client.SecondAddress.ShouldNotBeNull().ShouldNotBe(other.SecondAddress);
        client.Addresses.ShouldBe([client.Address, client.SecondAddress!]);
        (await RegisterAsync(test, key)).SecondAddress.ShouldBe(client.SecondAddress);
        (await test.JoinAsync("beta")).SecondAddress.ShouldBeNull();
        test.ShouldAgree();

        await test.StopAsync();
        test.WireGuard.Lose("wg_alpha");
        await test.StartAgainAsync();
        test.Alpha.ById[client.Id].SecondAddress.ShouldBe(client.SecondAddress);
        test.Alpha.ByAddress[client.SecondAddress!].Id.ShouldBe(client.Id);
        test.ShouldAgree();
    }

    [Fact]
    public async Task The_gateways_the_networks_and_the_broadcast_address_are_never_given_and_a_full_subnet4_refuses()
    {
        await using var test = await TestRegistry.StartAsync(engine, c => c.WithIPv4("10.7.0.0/29"));

        var given = new List<IPAddress?>();
        for (var i = 0; i < 5; i++)
            given.Add((await test.JoinAsync()).SecondAddress);

        given.Select(a => $"{a}").Order().ShouldBe(["10.7.0.2", "10.7.0.3", "10.7.0.4", "10.7.0.5", "10.7.0.6"]);
        (await Should.ThrowAsync<RefusedException>(() => test.JoinAsync())).Message.ShouldBe("Fleet is full: no IPv4 address of 10.7.0.0/29 is free");
        test.Alpha.Count.ShouldBe(5);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_client_from_before_gets_one_when_it_registers_again_with_an_event()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var key = Some.Key();
        var before = await RegisterAsync(test, key);
        await test.RestartAsync(On);
        test.Alpha.ByKey[key].SecondAddress.ShouldBeNull();
        test.ShouldAgree();

        var client = await RegisterAsync(test, key);

        (client.Address, client.SecondAddress is not null).ShouldBe((before.Address, true));
        test.Events[^1].ShouldBeOfType<ClientAddressChanged>().Client.Address4.ShouldBe(client.SecondAddress);
        test.ShouldAgree();
    }

    [Fact]
    public async Task With_another_subnet4_a_client_keeps_its_tunnel_and_gets_another_address_when_it_registers_again()
    {
        await using var test = await TestRegistry.StartAsync(engine, On);
        var key = Some.Key();
        await RegisterAsync(test, key);

        await test.RestartAsync(c => c.WithIPv4("10.8.0.0/24"));
        test.WireGuard.Peers("wg_alpha")[$"{key}"].ShouldBe($"{test.Alpha.ByKey[key].Address}/128");
        var moved = await RegisterAsync(test, key);

        moved.SecondAddress!.ToString().ShouldStartWith("10.8.0.");
        test.ShouldAgree();
    }

    [Fact]
    public async Task Without_ip4_a_client_is_known_by_its_IPv6_address_alone_and_has_the_same_IPv4_address_when_the_fleet_has_it_again()
    {
        await using var test = await TestRegistry.StartAsync(engine, On);
        var client = await test.JoinAsync();

        await test.RestartAsync(c => c with { Fleets = [c.Fleets[0] with { SecondNetwork = null }, c.Fleets[1]] });
        test.Alpha.ById[client.Id].SecondAddress.ShouldBeNull();
        test.WireGuard.Peers("wg_alpha").Values.ShouldBe([$"{client.Address}/128"]);

        await test.RestartAsync(On);
        test.Alpha.ById[client.Id].SecondAddress.ShouldBe(client.SecondAddress);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_known_client_keeps_its_tunnel_where_no_IPv4_address_is_free()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var (one, other) = (Some.Key(), Some.Key());
        await RegisterAsync(test, one);
        await RegisterAsync(test, other);
        await test.RestartAsync(c => c.WithIPv4("10.7.0.0/31"));

        (await RegisterAsync(test, one)).SecondAddress.ShouldBe(IPAddress.Parse("10.7.0.0"));
        (await RegisterAsync(test, other)).SecondAddress.ShouldBeNull();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_row_that_the_fleet_no_longer_knows_does_not_keep_its_IPv4_address_from_others()
    {
        await using var test = await TestRegistry.StartAsync(engine, c => c.WithIPv4("10.7.0.0/30"));
        await test.JoinAsync();
        await test.RestartAsync(c => c with { Fleets = [c.Fleets[0] with { Network = Some.Network("fd00:e::/64") }, c.Fleets[1]] });
        test.Alpha.Count.ShouldBe(0);

        (await test.JoinAsync()).SecondAddress.ShouldBe(IPAddress.Parse("10.7.0.2"));
    }

    private static ServerConfig On(ServerConfig config) => config.WithIPv4();

    private static Task<RegisteredClient> RegisterAsync(TestRegistry test, WireGuardKey key) => test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);
}

public sealed class SqliteSecondAddressTests() : SecondAddressTests(TestEngine.Sqlite);

public sealed class PostgresSecondAddressTests() : SecondAddressTests(TestEngine.Postgres);
