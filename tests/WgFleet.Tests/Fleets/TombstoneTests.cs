using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Tests.Fleets;

/// <summary>What is kept of those who were removed, and the way back.</summary>
public abstract class TombstoneTests(TestEngine engine)
{
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(31);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removed_client_leaves_a_tombstone_with_its_facts_and_the_reason()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var start = test.Time.GetUtcNow();
        var client = await test.JoinAsync("alpha", "web");
        test.WireGuard.Touch("wg_alpha", client.PublicKey, start, received: 1);
        await test.Registry.ObserveAsync("alpha", Ct);
        test.Time.Advance(TimeSpan.FromSeconds(20));
        test.WireGuard.Touch("wg_alpha", client.PublicKey, received: 1);
        await test.Registry.ObserveAsync("alpha", Ct);
        await test.Registry.PinAsync("alpha", client.Id, Acting.As("kim"));
        await test.Registry.RemoveAsync("alpha", [client.Id], _ => true, "removed", Acting.As("ops"));

        var row = test.Tombstones.ShouldHaveSingleItem();
        row.ShouldSatisfyAllConditions(
            r => r.Sequence.ShouldBe(test.Events[^1].Sequence),
            r => (r.Id, r.Fleet, r.Hostname, r.Cause, r.RemovedBy).ShouldBe((client.Id, "alpha", "web", "removed", "ops")),
            r => (r.PublicKey, r.Address, r.RequestAddress).ShouldBe((client.PublicKey, client.Address, client.RequestAddress)),
            r => (r.RegisteredAt, r.RemovedAt, r.LastPing).ShouldBe((start, start.AddSeconds(20), start)),
            r => (r.LastHandshake, r.LastTraffic).ShouldBe((start, start.AddSeconds(20))),
            r => r.Pinned.ShouldBe(new Pin(start.AddSeconds(20), "kim")));
    }

    [Fact]
    public async Task A_prune_leaves_a_tombstone_per_client_that_names_the_operator_who_allowed_it()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        await test.JoinAsync("beta");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => test.JoinAsync()));
        await test.PassAsync(Stale);
        await test.Pruner.PruneAsync(Ct);
        await test.Pruner.AllowAsync("alpha", test.Alpha.Held!.Number, Acting.As("ops"), Ct);

        var rows = test.Tombstones;
        rows.Count.ShouldBe(11);
        rows.ShouldAllBe(r => r.Cause == "stale");
        rows.ShouldAllBe(r => r.RemovedBy == (r.Fleet == "alpha" ? "ops" : null));
        rows.Select(r => r.Sequence).ShouldBe(test.Events.OfType<ClientRemoved>().Select(e => e.Sequence).Reverse());
    }

    [Fact]
    public async Task A_removal_that_could_not_be_stored_leaves_no_tombstone()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var client = await test.JoinAsync("alpha", "web");
        test.Stored.Refuse("INSERT ON removed_clients", "disk full");

        await Should.ThrowAsync<Exception>(test.RemoveAsync(client));

        test.Alpha.Count.ShouldBe(1);
        test.Tombstones.ShouldBeEmpty();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_restored_client_has_its_key_address_and_name_and_a_client_added_event()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var client = await test.JoinAsync("alpha", "web");
        await test.Registry.PinAsync("alpha", client.Id, Acting.As("kim"));
        client = test.Alpha.ByAddress[client.Address];
        test.Time.Advance(TimeSpan.FromMinutes(5));
        await test.RemoveAsync(client);
        test.Time.Advance(TimeSpan.FromDays(1));

        var back = await test.Registry.RestoreAsync(Newest(test), Acting.As("ops"));

        (back.Fleet, back.Address, back.PublicKey, back.Hostname, back.RequestAddress, back.RegisteredAt, back.Pinned)
            .ShouldBe((client.Fleet, client.Address, client.PublicKey, client.Hostname, client.RequestAddress, client.RegisteredAt, client.Pinned));
        back.Id.ShouldBeGreaterThan(client.Id);
        test.Alpha.ByHostname["web"].ShouldBe(back);
        test.Events[^2].ShouldBeOfType<ClientAdded>().ShouldSatisfyAllConditions(e => e.Restored.ShouldBeTrue(), e => e.Client.Hostname.ShouldBeNull());
        test.Events[^1].ShouldBeOfType<ClientHostnameChanged>().ShouldSatisfyAllConditions(e => e.Previous.ShouldBeNull(), e => e.Client.Hostname.ShouldBe("web"));
        test.Tombstones.ShouldBeEmpty();
        test.Log.Lines.Select(l => l.Message).ShouldContain($"Client restored: fleet=alpha, ip={client.Address}, hostname=web, by ops");
        test.ShouldAgree();

        await test.RestartAsync();
        test.Alpha.ByHostname["web"].RegisteredAt.ShouldBe(client.RegisteredAt);
        test.Alpha.ByHostname["web"].Pinned.ShouldBe(client.Pinned);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_restored_client_has_prune_timeout_to_show_a_sign_of_life()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        await test.JoinAsync("alpha", "web");
        await test.PassAsync(Stale);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);

        await test.Registry.RestoreAsync(Newest(test), Acting.As("ops"));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        await test.PassAsync(TimeSpan.FromMinutes(29));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);

        await test.PassAsync(TimeSpan.FromMinutes(2));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
        test.Tombstones.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_client_can_be_restored_in_a_frozen_fleet_and_in_one_that_is_down()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var (first, second) = (await test.JoinAsync("alpha", "web"), await test.JoinAsync());
        await test.RemoveAsync(first, second);
        await test.Registry.FreezeAsync("alpha", Acting.As("ops"));
        await test.Registry.RestoreAsync(test.Tombstones.First(t => t.Hostname == "web"), Acting.As("ops"));
        test.Alpha.ByHostname.ShouldContainKey("web");

        test.WireGuard.Refuse("wg_alpha");
        await test.Registry.RestoreAsync(Newest(test), Acting.As("ops"));
        test.Alpha.Count.ShouldBe(2);
        test.WireGuard.Heal("wg_alpha");
        await test.PassAsync(TimeSpan.FromSeconds(20));
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_restore_is_refused_if_another_client_has_the_key_address_or_name()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var client = await test.JoinAsync("alpha", "web");
        await test.RemoveAsync(client);
        var tombstone = Newest(test);

        var namesake = await test.JoinAsync("alpha", "web");
        await ShouldRefuseAsync(Refusal.Conflict, $"'web' is now the name of {namesake.Address}; rename that one first, with wg-fleet clients rename");
        await test.RemoveAsync(namesake);

        var stranger = await test.Registry.RegisterAsync("beta", client.PublicKey, "::1", isClientsOwn: true);
        await ShouldRefuseAsync(Refusal.Conflict, $"its key is now that of {stranger.Address} in fleet beta; remove that one first");
        await test.RemoveAsync(stranger);

        var again = await test.Registry.RegisterAsync("alpha", client.PublicKey, "::1", isClientsOwn: true);
        await ShouldRefuseAsync(Refusal.Conflict, $"it is restored already: {again.Address} has its key");
        await test.RemoveAsync(again);

        var there = tombstone with { Address = (await test.JoinAsync("alpha", "db")).Address };
        (await Should.ThrowAsync<RefusedException>(test.Registry.RestoreAsync(there, Acting.As("ops")))).Message
            .ShouldBe($"its address {there.Address} is now that of db ({there.Address}); remove that one first");

        foreach (var address in new[] { "fd00:a::1", "fd00:a::", "fd00:c::5" })
        {
            (await Should.ThrowAsync<RefusedException>(test.Registry.RestoreAsync(tombstone with { Address = IPAddress.Parse(address) }, Acting.As("ops")))).Message
                .ShouldBe($"fleet alpha, now with subnet fd00:a::/64 and ip6 fd00:a::1, does not give out its address {address}; it must register again");
        }

        // Nothing of it was done, and nothing of it is in the way.
        test.ShouldAgree();
        (await test.Registry.RestoreAsync(tombstone, Acting.As("ops"))).Hostname.ShouldBe("web");
        test.ShouldAgree();

        async Task ShouldRefuseAsync(Refusal reason, string message)
        {
            var refusal = await Should.ThrowAsync<RefusedException>(test.Registry.RestoreAsync(tombstone, Acting.As("ops")));
            (refusal.Kind, refusal.Message).ShouldBe((reason, message));
        }
    }

    [Fact]
    public async Task A_client_of_a_removed_fleet_can_be_restored_once_the_fleet_is_back()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var client = await test.JoinAsync("beta", "web");
        await test.RemoveAsync(client);
        var fleets = test.Config.Fleets;
        await test.RestartAsync(c => c with { Fleets = [fleets[0]] });

        (await Should.ThrowAsync<RefusedException>(test.Registry.RestoreAsync(Newest(test), Acting.As("ops")))).Message
            .ShouldBe("its fleet beta is no longer in the configuration; add it again and reload");

        await test.RestartAsync(c => c with { Fleets = fleets });
        (await test.Registry.RestoreAsync(Newest(test), Acting.As("ops"))).Address.ShouldBe(client.Address);
        test.ShouldAgree();
    }

    [Fact]
    public async Task An_orphaned_row_with_the_key_or_name_does_not_prevent_a_restore()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var client = await test.JoinAsync("alpha", "web");
        await test.RemoveAsync(client);
        test.Stored.Execute($"""
            INSERT INTO clients (id, fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp) VALUES
                (91, 'alpha', 'k', 'fd00:c::2', '::1', 'web', '2026-01-02 03:04:05.000000'),
                (92, 'gone', '{client.PublicKey}', 'fd00:d::2', '::1', NULL, '2026-01-02 03:04:05.000000')
            """);

        (await test.Registry.RestoreAsync(Newest(test), Acting.As("ops"))).Hostname.ShouldBe("web");

        test.Stored.Rows("SELECT hostname FROM clients WHERE id >= 91").ShouldBe(["NULL"]);
    }

    [Fact]
    public async Task Two_simultaneous_restores_of_one_client_restore_it_once()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        await test.RemoveAsync(await test.JoinAsync("alpha", "web"));
        var tombstone = Newest(test);
        test.Hold = new FakeWireGuard.Barrier();
        var busy = test.JoinAsync("beta");
        await test.Hold.Reached;

        var both = new[] { test.Registry.RestoreAsync(tombstone, Acting.As("ops")), test.Registry.RestoreAsync(tombstone, Acting.As("kim")) };
        test.Hold.Release();
        await Task.WhenAll(both.Cast<Task>().Append(busy)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        both.Count(t => t.IsCompletedSuccessfully).ShouldBe(1);
        both.Single(t => t.IsFaulted).Exception!.InnerException.ShouldBeOfType<RefusedException>().Kind.ShouldBe(Refusal.Conflict);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_restored_client_has_the_tags_and_prune_timeout_of_its_token()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var client = await test.JoinAsync("alpha", "web");
        await test.Registry.StopAsync();
        await test.StopAsync();
        test.Stored.Execute("UPDATE clients SET prune_timeout = 7200, tags = 'role=db,site=north'");
        await test.StartAgainAsync();
        client = test.Alpha.ByHostname["web"];
        await test.RemoveAsync(client);

        var back = await test.Registry.RestoreAsync(Newest(test), Acting.As("ops"));

        (back.PruneTimeout, Tags.Write(back.Tags)).ShouldBe((TimeSpan.FromHours(2), "role=db,site=north"));
        await test.RestartAsync();
        (test.Alpha.ByHostname["web"].PruneTimeout, Tags.Write(test.Alpha.ByHostname["web"].Tags)).ShouldBe((TimeSpan.FromHours(2), "role=db,site=north"));
    }

    [Fact]
    public async Task The_id_of_a_tombstone_is_never_reused_also_after_a_restart()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var client = await test.JoinAsync();
        await test.RemoveAsync(client);
        await test.RestartAsync();

        (await test.JoinAsync()).Id.ShouldBe(client.Id + 1);
    }

    [Fact]
    public async Task With_a_tombstone_keep_of_zero_no_tombstone_is_written()
    {
        await using var test = await TestRegistry.StartAsync(engine, c => c with { TombstoneKeep = TimeSpan.Zero });
        await test.RemoveAsync(await test.JoinAsync());
        await test.JoinAsync();
        await test.PassAsync(Stale);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);

        test.Tombstones.ShouldBeEmpty();
    }

    private static Tombstone Newest(TestRegistry test) => test.Tombstones[0];
}

public sealed class SqliteTombstoneTests() : TombstoneTests(TestEngine.Sqlite);

public sealed class PostgresTombstoneTests() : TombstoneTests(TestEngine.Postgres);
