using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Tests.Fleets;

public class RegisterTests
{
    [Fact]
    public async Task A_new_client_is_in_the_database_in_WireGuard_and_in_the_events()
    {
        await using var test = await TestRegistry.StartAsync();

        var client = await test.JoinAsync();

        test.Alpha.ById.Values.ShouldBe([client]);
        test.Alpha.Config.Network.Subnet.Contains(client.Address).ShouldBeTrue();
        client.RegisteredAt.ShouldBe(test.Time.GetUtcNow());
        test.ShouldAgree();
        var told = test.Events.ShouldHaveSingleItem().ShouldBeOfType<ClientAdded>();
        told.Client.ShouldBe(new Client("alpha", client.Address, null, null, client.PublicKey.ToString(), "198.51.100.7", test.Time.GetUtcNow()));
        told.Sequence.ShouldBe(2);
        test.WireGuard.Changes.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_row_is_written_as_the_Python_server_writes_it()
    {
        await using var test = await TestRegistry.StartAsync();

        var client = await test.JoinAsync();

        Some.Rows(test.Config.Database, "SELECT id, fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp, registered_at, last_handshake FROM clients")
            .ShouldBe([$"1|alpha|{client.PublicKey}|{client.Address}|198.51.100.7|NULL|2026-01-02 03:04:05.000000|2026-01-02 03:04:05.000000|NULL"]);
        Some.Rows(test.Config.Database, "SELECT typeof(id), typeof(fleet_id), typeof(public_key), typeof(assigned_ip), typeof(http_request_ip), typeof(timestamp) FROM clients")
            .ShouldBe(["integer|text|text|text|text|text"]);
    }

    [Fact]
    public async Task A_small_subnet_gives_every_address_exactly_once()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [Some.Fleet("alpha", "fd00:a::/124")] });

        var addresses = new HashSet<IPAddress>();
        for (var i = 0; i < 14; i++)
            addresses.Add((await test.JoinAsync()).Address).ShouldBeTrue();

        addresses.ShouldBe(Enumerable.Range(2, 14).Select(i => IPAddress.Parse($"fd00:a::{i:x}")), ignoreOrder: true);
        (await test.JoinAsync().ShouldThrowAsync<RefusedException>()).ShouldSatisfyAllConditions(
            e => e.Kind.ShouldBe(Refusal.Unavailable),
            e => e.Message.ShouldBe("Fleet is full"));
        test.ShouldAgree();

        var gone = test.Alpha.ById.Values.ElementAt(6);
        (await test.RemoveAsync(gone)).ShouldBe(1);
        (await test.JoinAsync()).Address.ShouldBe(gone.Address);
        test.ShouldAgree();
    }

    [Theory]
    [InlineData("fd00:a::/126", 2)]
    [InlineData("fd00:a::/127", 0)]
    [InlineData("fd00:a::/128", 0)]
    public async Task The_smallest_subnets_are_full_after_their_last_address(string subnet, int room)
    {
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [Some.Fleet("alpha", subnet)] });

        for (var i = 0; i < room; i++)
            await test.JoinAsync();

        (await test.JoinAsync().ShouldThrowAsync<RefusedException>()).Kind.ShouldBe(Refusal.Unavailable);
        test.ShouldAgree();
    }

    [Fact]
    public async Task Simultaneous_registrations_get_the_last_addresses_of_a_nearly_full_fleet_and_the_rest_are_refused()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [Some.Fleet("alpha", "fd00:a::/124")] });

        var all = Enumerable.Range(0, 20).Select(_ => test.JoinAsync()).ToList();
        await Task.WhenAll(all).ShouldThrowAsync<RefusedException>();

        all.Count(t => t.IsCompletedSuccessfully).ShouldBe(14);
        all.Where(t => t.IsFaulted).ShouldAllBe(t => ((RefusedException)t.Exception!.InnerException!).Kind == Refusal.Unavailable);
        test.Events.Count.ShouldBe(14);
        test.ShouldAgree();
    }

    [Fact]
    public async Task An_unknown_fleet_is_refused()
    {
        await using var test = await TestRegistry.StartAsync();

        (await test.JoinAsync("nosuch").ShouldThrowAsync<RefusedException>()).ShouldSatisfyAllConditions(
            e => e.Kind.ShouldBe(Refusal.NotFound),
            e => e.Message.ShouldBe("Fleet 'nosuch' not found"));
        test.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Registrations_during_a_batch_share_the_next_batch()
    {
        await using var test = await TestRegistry.StartAsync();
        test.Hold = new FakeWireGuard.Barrier();

        var first = test.JoinAsync();
        await test.Hold.Reached;
        var others = Enumerable.Range(0, 100).Select(i => test.JoinAsync(i % 4 == 0 ? "beta" : "alpha")).ToList();
        test.Hold.Release();
        await Task.WhenAll([first, .. others]);

        test.Batches.ShouldBe(2);
        // The fleet's loop may have sent the first one together with the others.
        var alpha = test.WireGuard.Changes.Where(c => c.Interface == "wg_alpha").Select(c => c.Change.Peers.Count).ToList();
        alpha.Sum().ShouldBe(76);
        alpha.Count.ShouldBeLessThanOrEqualTo(2);
        test.WireGuard.Changes.Where(c => c.Interface == "wg_beta").ShouldHaveSingleItem().Change.Peers.Count.ShouldBe(25);
        test.Events.Select(e => e.Sequence).ShouldBe(Enumerable.Range(2, 101).Select(i => (long)i));
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_registration_is_not_answered_before_WireGuard_has_its_peer()
    {
        await using var test = await TestRegistry.StartAsync();
        test.WireGuard.Hold = new FakeWireGuard.Barrier();

        var join = test.JoinAsync();
        await test.WireGuard.Hold.Reached;

        // Its change is committed and seen, so that others need not wait for WireGuard.
        join.IsCompleted.ShouldBeFalse();
        test.Alpha.Count.ShouldBe(1);
        test.Events.ShouldHaveSingleItem().ShouldBeOfType<ClientAdded>();
        Some.Rows(test.Config.Database, "SELECT count(*) FROM clients").ShouldBe(["1"]);

        test.WireGuard.Hold.Release();
        await join;
        test.ShouldAgree();
    }
}
