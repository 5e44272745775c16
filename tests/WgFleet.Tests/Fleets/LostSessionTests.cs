using System.Net;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Fleets;

/// <summary>The last endpoint of each client is kept, and the gateway uses it when WireGuard has lost the sessions.</summary>
public class LostSessionTests
{
    private static readonly IPEndPoint Home = IPEndPoint.Parse("198.51.100.7:51820"), Train = IPEndPoint.Parse("[2001:db8::7]:40001");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_endpoint_of_a_client_is_saved_with_its_activity_and_given_to_WireGuard_with_its_peer()
    {
        await using var test = await TestRegistry.StartAsync();
        var (client, other) = (await HeardAsync(test, Home), await test.JoinAsync());
        await test.Registry.SaveActivityAsync();
        Endpoints(test).ShouldBe(["198.51.100.7:51820", "NULL"]);

        await RebootAsync(test);

        test.WireGuard.Peer("wg_alpha", client.PublicKey).Endpoint.ShouldBe(Home);
        test.WireGuard.Peer("wg_alpha", other.PublicKey).Endpoint.ShouldBeNull();
    }

    [Fact]
    public async Task A_newer_endpoint_that_WireGuard_has_learnt_is_never_overwritten_but_saved()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await HeardAsync(test, Home);
        await test.Registry.SaveActivityAsync();

        // The client moves while no server runs.
        await test.StopAsync();
        test.WireGuard.Touch("wg_alpha", client.PublicKey, from: Train);
        await test.StartAgainAsync();
        await test.Registry.SaveActivityAsync();

        test.WireGuard.Peer("wg_alpha", client.PublicKey).Endpoint.ShouldBe(Train);
        Endpoints(test).ShouldBe([$"{Train}"]);
    }

    [Fact]
    public async Task An_endpoint_outlives_a_new_name_and_is_forgotten_with_the_client()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await HeardAsync(test, Home);
        await test.NameAsync(client, "web");
        await test.NameAsync(client, "db");
        test.Alpha.ByHostname["db"].Liveness.Endpoint.ShouldBe(Home);

        await test.RemoveAsync(client);
        var back = await test.Registry.RestoreAsync(test.Tombstones.ShouldHaveSingleItem(), Acting.As("ops"));

        back.Liveness.Endpoint.ShouldBeNull();
        Endpoints(test).ShouldBe(["NULL"]);
    }

    [Fact]
    public async Task A_link_local_endpoint_is_not_kept_because_it_names_an_interface_by_its_number()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await HeardAsync(test, IPEndPoint.Parse("[fe80::7%2]:51820"));

        client.Liveness.Endpoint.ShouldBeNull();
    }

    [Fact]
    public async Task An_endpoint_that_cannot_be_read_costs_nobody_its_place()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await HeardAsync(test, Home);
        await test.Registry.StopAsync();
        await test.StopAsync();
        Some.Execute(test.Config.Database, "UPDATE clients SET endpoint = 'home'");
        await test.StartAgainAsync();

        test.Alpha.ById[client.Id].Liveness.Endpoint.ShouldBe(Home, "WireGuard still has it");
    }

    [Theory]
    [InlineData("reboot")]
    [InlineData("lost interface")]
    [InlineData("lost peer")]
    [InlineData("another key")]
    [InlineData("down")]
    public async Task A_client_whose_session_was_lost_gets_a_handshake_until_it_answers(string loss)
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await HeardAsync(test, Home);
        await test.PassAsync(TimeSpan.FromMinutes(10));
        client.Liveness.IsOnline(test.Time.GetUtcNow()).ShouldBeFalse();

        await LoseAsync(test, client, loss);

        Keepalive(test, client).ShouldBe(25);
        test.WireGuard.Peer("wg_alpha", client.PublicKey).Endpoint.ShouldBe(Home);

        // Nobody is pruned for what the gateway has missed.
        test.Links["alpha"].SessionsLostAt.ShouldBe(test.Time.GetUtcNow());
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow());
        await Eventually.True(() => Keepalive(test, client) == 0, () => test.Time.Advance(Handshakes.Interval));

        // And it is online at once.
        test.Alpha.ById[client.Id].Liveness.IsOnline(test.Time.GetUtcNow()).ShouldBeTrue();
        await Eventually.True(() => test.Log.Lines.Any(l => l.Message.StartsWith("1 of 1 client of fleet alpha whose sessions were lost answered", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_client_that_does_not_answer_has_no_keepalive_after_some_seconds()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await HeardAsync(test, Home);
        await test.Registry.StopAsync();
        await RebootAsync(test);
        var started = test.Time.GetUtcNow();

        await Eventually.True(() => Keepalive(test, client) == 0, () => test.Time.Advance(Handshakes.Interval));

        (test.Time.GetUtcNow() - started).ShouldBeGreaterThanOrEqualTo(Handshakes.AnswerLimit);
        await Eventually.True(() => test.Log.Lines.Any(l => l.Message.StartsWith("0 of 1 client of fleet alpha", StringComparison.Ordinal)));
        var changes = test.WireGuard.Changes.Count;
        await test.PassAsync(TimeSpan.FromMinutes(2));
        test.WireGuard.Changes.Count.ShouldBe(changes);
    }

    [Fact]
    public async Task A_restart_with_the_interface_up_starts_no_handshake()
    {
        await using var test = await TestRegistry.StartAsync();
        await HeardAsync(test, Home);
        var changes = test.WireGuard.Changes.Count;

        await test.RestartAsync();
        await test.PassAsync(TimeSpan.FromMinutes(1));

        test.WireGuard.Changes.Count.ShouldBe(changes);
    }

    [Fact]
    public async Task Only_the_client_whose_peer_was_missing_gets_a_handshake()
    {
        await using var test = await TestRegistry.StartAsync();
        var (fine, lost) = (await HeardAsync(test, Home), await HeardAsync(test, Train));

        await LoseAsync(test, lost, "lost peer");

        (Keepalive(test, fine), Keepalive(test, lost)).ShouldBe((0, 25));
    }

    [Fact]
    public async Task A_WireGuard_that_starts_no_handshakes_has_its_clients_all_the_same()
    {
        await using var test = await TestRegistry.StartAsync();
        await HeardAsync(test, Home);
        test.WireGuard.Refuses = change => change.Peers.Any(p => p.KeepaliveSeconds > 0);
        test.WireGuard.Lose("wg_alpha");

        await test.Registry.ObserveAsync("alpha", Ct);

        test.ShouldAgree();
        test.Health.Of("alpha").State.ShouldBe(FleetCondition.Up);
        await test.JoinAsync();
        await Eventually.True(() => test.Log.Lines.Any(l => l.Message.StartsWith("No handshakes could be started with the clients of fleet alpha", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_client_that_answers_after_a_reboot_is_online_without_an_event()
    {
        await using var test = await TestRegistry.StartAsync();
        test.Registry.RecordsPresence = true;
        var client = await HeardAsync(test, Home);
        await test.PassAsync(TimeSpan.FromSeconds(20));
        test.Events.OfType<ClientOnline>().Count().ShouldBe(1);
        await test.Registry.SaveActivityAsync();

        // It was away for longer than offline_after, but not because of the client.
        await test.StopAsync();
        test.WireGuard.Lose("wg_alpha");
        test.Time.Advance(TimeSpan.FromMinutes(10));
        await test.StartAgainAsync();
        test.Registry.RecordsPresence = true;
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow());
        await test.PassAsync(TimeSpan.FromMinutes(1));

        test.Events.ShouldBeEmpty();
        test.Alpha.ById[client.Id].Liveness.IsOnline(test.Time.GetUtcNow()).ShouldBeTrue();
    }

    private static async Task LoseAsync(TestRegistry test, RegisteredClient client, string loss)
    {
        switch (loss)
        {
            case "reboot":
                await test.Registry.StopAsync();
                await RebootAsync(test);
                return;
            case "lost interface":
                test.WireGuard.Lose("wg_alpha");
                break;
            case "lost peer":
                test.WireGuard.Meddle("wg_alpha", client.PublicKey, null);
                break;
            case "another key":
                await test.WireGuard.ChangeAsync("wg_alpha", new DeviceChange { PrivateKey = PrivateKey.Generate() }, Ct);
                break;
            default:
                await test.Interfaces.ChangeAsync("wg_alpha", new InterfaceChange { Up = false }, Ct);
                break;
        }

        await test.Registry.ObserveAsync("alpha", Ct);
    }

    private static async Task RebootAsync(TestRegistry test)
    {
        await test.StopAsync();
        test.WireGuard.Lose("wg_alpha");
        test.WireGuard.Lose("wg_beta");
        await test.StartAgainAsync();
    }

    private static async Task<RegisteredClient> HeardAsync(TestRegistry test, IPEndPoint from)
    {
        var client = await test.JoinAsync();
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow(), from: from);
        await test.Registry.ObserveAsync("alpha", Ct);
        return client;
    }

    private static int Keepalive(TestRegistry test, RegisteredClient client) => test.WireGuard.Peer("wg_alpha", client.PublicKey).KeepaliveSeconds;

    private static IReadOnlyList<string> Endpoints(TestRegistry test) => Some.Rows(test.Config.Database, "SELECT endpoint FROM clients ORDER BY id");
}
