using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Tunnels;

namespace WgFleet.Tests.Fleets;

/// <summary>Clients that made their key themselves.</summary>
public class OwnKeyTests
{
    [Fact]
    public async Task The_same_key_again_is_the_same_client()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();

        var client = await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);
        var again = await test.Registry.RegisterAsync("alpha", key, "198.51.100.8", isClientsOwn: true);

        again.ShouldBe(client);
        test.Alpha.Count.ShouldBe(1);
        test.Events.ShouldHaveSingleItem().ShouldBeOfType<ClientAdded>();
        test.ShouldAgree();
    }

    [Fact]
    public async Task Registered_again_without_a_recent_handshake_it_gets_a_new_peer_and_keeps_a_live_one()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();
        var client = await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);

        // No handshake yet, one that is too old for a session, and one of a clock that was ahead.
        foreach (var handshake in new TimeSpan?[] { null, TimeSpan.FromSeconds(-181), TimeSpan.FromDays(2) })
        {
            if (handshake is { } ago)
                client.Liveness.Observed(test.Time.GetUtcNow() + ago, 0, 0, test.Time.GetUtcNow());

            var before = test.WireGuard.Changes.Count;
            (await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true)).ShouldBe(client);

            var peers = test.WireGuard.Changes.Skip(before).ShouldHaveSingleItem().Change.Peers;
            peers.Select(p => (p.PublicKey, p.Remove)).ShouldBe([(key, true), (key, false)]);
            test.ShouldAgree();
        }

        client.Liveness.Observed(test.Time.GetUtcNow(), 0, 0, test.Time.GetUtcNow());
        var changes = test.WireGuard.Changes.Count;
        (await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true)).ShouldBe(client);
        test.WireGuard.Changes.Count.ShouldBe(changes);
        test.Events.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Many_simultaneous_registrations_of_one_key_make_one_client()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();

        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true)));

        clients.Distinct().ShouldHaveSingleItem();
        test.Events.ShouldHaveSingleItem();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_key_of_another_fleets_client_is_refused()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();
        var owner = await test.Registry.RegisterAsync("beta", key, "198.51.100.7", isClientsOwn: true);

        // Only who has the private key gets a handshake.
        owner.Liveness.Observed(test.Time.GetUtcNow(), 0, 0, test.Time.GetUtcNow());

        var refused = await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true).ShouldThrowAsync<RefusedException>();

        refused.Kind.ShouldBe(Refusal.Conflict);
        test.Alpha.Count.ShouldBe(0);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_key_is_not_taken_from_a_client_whose_registration_is_not_answered_yet()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();
        test.WireGuard.Hold = new FakeWireGuard.Barrier();
        var first = test.Registry.RegisterAsync("beta", key, "198.51.100.7", isClientsOwn: true);
        await test.WireGuard.Hold.Reached;

        (await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true).ShouldThrowAsync<RefusedException>()).Kind.ShouldBe(Refusal.Conflict);
        test.WireGuard.Hold.Release();
        var answered = await first;

        test.Registry.Current.Fleet("beta")!.ById.ShouldContainKey(answered.Id);

        // When it is answered and there is no handshake, who comes with the key gets it.
        (await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true)).Fleet.ShouldBe("alpha");
        test.Registry.Current.Fleet("beta")!.Count.ShouldBe(0);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_key_that_only_an_orphaned_row_has_can_be_registered()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();
        await test.Registry.RegisterAsync("beta", key, "198.51.100.7", isClientsOwn: true);
        await test.RestartAsync(c => c with { Fleets = [c.Fleets[0]] });

        await Task.WhenAll(test.JoinAsync(), test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true), test.JoinAsync());

        test.Alpha.Count.ShouldBe(3);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_registration_that_WireGuard_refuses_fails_for_every_caller_and_leaves_nothing()
    {
        await using var test = await TestRegistry.StartAsync();
        var (known, key) = (Some.Key(), Some.Key());
        var client = await test.Registry.RegisterAsync("alpha", known, "198.51.100.7", isClientsOwn: true);
        test.WireGuard.Refuse("wg_alpha");

        foreach (var attempt in Enumerable.Range(0, 2).Select(_ => test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true)).ToList())
            await attempt.ShouldThrowAsync<TunnelException>();

        // A client that is known stays, but is not told that its tunnel is ready.
        await test.Registry.RegisterAsync("alpha", known, "198.51.100.7", isClientsOwn: true).ShouldThrowAsync<TunnelException>();
        test.Alpha.ById.Values.ShouldBe([client]);
        test.WireGuard.Heal("wg_alpha");
        test.Time.Advance(TimeSpan.FromSeconds(6));
        await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);
        test.ShouldAgree();
    }

    [Fact]
    public async Task The_key_of_a_removed_client_can_be_registered_again()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();
        var first = await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);
        await test.RemoveAsync(first);

        var second = await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);

        second.Id.ShouldNotBe(first.Id);
        test.Events.Select(e => e.GetType()).ShouldBe([typeof(ClientAdded), typeof(ClientRemoved), typeof(ClientAdded)]);
        test.ShouldAgree();
    }
}
