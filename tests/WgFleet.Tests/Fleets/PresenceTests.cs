using WgFleet.Hooks;

namespace WgFleet.Tests.Fleets;

/// <summary>Who comes online and goes offline, as hooks are told that ask for it.</summary>
public class PresenceTests
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_is_online_at_a_handshake_and_offline_after_180_seconds_of_silence_with_one_event_each()
    {
        await using var test = await StartAsync();
        var client = await test.JoinAsync("alpha", "web");
        await test.PassAsync(Look * 2);
        Told(test).ShouldBeEmpty();

        var heard = test.Time.GetUtcNow();
        test.WireGuard.Touch("wg_alpha", client.PublicKey, heard);
        await test.PassAsync(TimeSpan.FromSeconds(180));
        Told(test).ShouldBe(["client.online web"]);
        test.Alpha.ByHostname["web"].OnlineSince.ShouldBe(heard + Look);

        await test.PassAsync(Look * 5);
        Told(test).ShouldBe(["client.online web", "client.offline web"]);
        test.Events[^1].ShouldBeOfType<ClientOffline>().LastSeen.ShouldBe(heard);
        test.Alpha.ByHostname["web"].OnlineSince.ShouldBeNull();

        test.WireGuard.Touch("wg_alpha", client.PublicKey, received: 1);
        await test.PassAsync(Look);
        Told(test).ShouldBe(["client.online web", "client.offline web", "client.online web"]);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_handshake_or_a_received_byte_within_180_seconds_keeps_a_client_online()
    {
        await using var test = await StartAsync();
        var client = await test.JoinAsync("alpha", "web");
        for (var i = 0; i < 20; i++)
        {
            test.WireGuard.Touch("wg_alpha", client.PublicKey, i % 2 == 0 ? test.Time.GetUtcNow() : null, received: i % 2);
            await test.PassAsync(TimeSpan.FromSeconds(140));
        }

        Told(test).ShouldBe(["client.online web"]);
    }

    [Fact]
    public async Task A_ping_outside_the_tunnel_does_not_make_a_client_online()
    {
        await using var test = await StartAsync();
        var client = await test.JoinAsync("alpha", "web");
        client.Liveness.Pinged(test.Time.GetUtcNow());

        await test.PassAsync(Look * 20);

        Told(test).ShouldBeEmpty();
    }

    [Fact]
    public async Task No_presence_event_is_written_while_no_hook_asks_for_them()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync("alpha", "web");
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow());
        var batches = test.Batches;

        await test.PassAsync(Look * 15);
        await test.RemoveAsync(client);

        test.Batches.ShouldBe(batches + 1);
        Told(test).ShouldBeEmpty();
        Some.Rows(test.Config.Database, "SELECT DISTINCT type FROM events ORDER BY seq").ShouldBe(["startup", "client.added", "client.hostname_changed", "client.removed"]);
    }

    [Fact]
    public async Task A_restart_writes_no_presence_event_for_unchanged_clients()
    {
        await using var test = await StartAsync();
        var (live, gone, quiet) = (await test.JoinAsync("alpha", "live"), await test.JoinAsync("alpha", "gone"), await test.JoinAsync("alpha", "quiet"));
        foreach (var member in new[] { live, gone })
            test.WireGuard.Touch("wg_alpha", member.PublicKey, test.Time.GetUtcNow());
        await test.PassAsync(Look);
        Told(test).ShouldBe(["client.online live", "client.online gone"]);

        // An hour without a server, in which one went silent.
        await RestartAsync(test, TimeSpan.FromHours(1));
        for (var passed = TimeSpan.Zero; passed <= TimeSpan.FromSeconds(180); passed += Look)
        {
            test.WireGuard.Touch("wg_alpha", live.PublicKey, received: 1);
            Told(test).ShouldBeEmpty($"after {passed}");
            await test.PassAsync(Look);
        }

        Told(test).ShouldBe(["client.offline gone"]);
        await RestartAsync(test, TimeSpan.Zero);
        test.WireGuard.Touch("wg_alpha", gone.PublicKey, test.Time.GetUtcNow());
        await test.PassAsync(Look);
        Told(test).ShouldBe(["client.online gone"]);
        test.Alpha.ById[quiet.Id].OnlineSince.ShouldBeNull();
    }

    [Fact]
    public async Task An_interface_that_does_not_answer_makes_no_client_offline()
    {
        await using var test = await StartAsync();
        var client = await test.JoinAsync("alpha", "web");
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow());
        await test.PassAsync(Look);

        test.WireGuard.Refuse("wg_alpha");
        await test.PassAsync(TimeSpan.FromMinutes(10));
        test.WireGuard.Heal("wg_alpha");
        await test.PassAsync(TimeSpan.FromSeconds(180));
        Told(test).ShouldBe(["client.online web"]);

        await test.PassAsync(Look * 2);
        Told(test).ShouldBe(["client.online web", "client.offline web"]);
    }

    [Fact]
    public async Task A_client_that_is_removed_while_online_goes_offline_first()
    {
        await using var test = await StartAsync();
        var (online, offline) = (await test.JoinAsync("alpha", "web"), await test.JoinAsync("alpha", "db"));
        test.WireGuard.Touch("wg_alpha", online.PublicKey, test.Time.GetUtcNow());
        await test.PassAsync(Look);
        var before = test.Events.Count;

        await test.RemoveAsync(online, offline);

        test.Events.Skip(before).Select(e => $"{e.Type} {e.Client!.Hostname}").ShouldBe(["client.offline web", "client.removed web", "client.removed db"]);
        test.Tombstones.Select(r => r.Sequence).ShouldBe(test.Events.OfType<ClientRemoved>().Select(e => e.Sequence).Reverse());

        // Back, it has to be heard of anew.
        await test.Registry.RestoreAsync(test.Tombstones.First(t => t.Hostname == "web"), Acting.As("ops"));
        test.Alpha.ByHostname["web"].OnlineSince.ShouldBeNull();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_presence_event_that_could_not_be_stored_is_written_later()
    {
        await using var test = await StartAsync();
        var client = await test.JoinAsync("alpha", "web");
        Some.Execute(test.Config.Database, "CREATE TRIGGER refuse BEFORE UPDATE OF online_since ON clients BEGIN SELECT RAISE(FAIL, 'disk full'); END");
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow());

        await Should.ThrowAsync<Exception>(test.Registry.ObserveAsync("alpha", Ct));
        Told(test).ShouldBeEmpty();
        test.Alpha.ByHostname["web"].OnlineSince.ShouldBeNull();

        Some.Execute(test.Config.Database, "DROP TRIGGER refuse");
        await test.Registry.ObserveAsync("alpha", Ct);
        Told(test).ShouldBe(["client.online web"]);
        Some.Rows(test.Config.Database, "SELECT online_since FROM clients").ShouldBe(["2026-01-02 03:04:05.000000"]);
    }

    [Fact]
    public async Task Presence_events_of_many_clients_are_written_in_several_batches_once_each()
    {
        await using var test = await StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 600).Select(_ => test.JoinAsync()));
        foreach (var client in clients)
            test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow());
        var batches = test.Batches;

        await test.Registry.ObserveAsync("alpha", Ct);

        test.Batches.ShouldBe(batches + 3);
        test.Events.OfType<ClientOnline>().Select(e => e.Client.Address).Distinct().Count().ShouldBe(600);
        await test.PassAsync(TimeSpan.FromSeconds(220));
        test.Events.OfType<ClientOffline>().Select(e => e.Client.Address).Distinct().Count().ShouldBe(600);
        test.Events.Count.ShouldBe(1800);
    }

    [Fact]
    public async Task The_key_offline_after_sets_the_time_until_a_client_is_offline()
    {
        await using var test = await StartAsync(TimeSpan.FromMinutes(10));
        var client = await test.JoinAsync("alpha", "web");
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow());

        await test.PassAsync(TimeSpan.FromMinutes(10));
        Told(test).ShouldBe(["client.online web"]);
        await test.PassAsync(Look);
        Told(test).Count.ShouldBe(2);
    }

    private static async Task<TestRegistry> StartAsync(TimeSpan? offlineAfter = null)
    {
        var test = await TestRegistry.StartAsync(c => c with
        {
            OfflineAfter = offlineAfter ?? c.OfflineAfter,
            Fleets = [.. c.Fleets.Select(f => f with { OfflineAfter = offlineAfter ?? c.OfflineAfter })],
        });
        test.Registry.RecordsPresence = true;
        return test;
    }

    private static async Task RestartAsync(TestRegistry test, TimeSpan away)
    {
        await test.Registry.StopAsync();
        await test.StopAsync();
        test.Time.Advance(away);
        await test.StartAgainAsync();
        test.Registry.RecordsPresence = true;
    }

    private static List<string> Told(TestRegistry test) =>
        [.. test.Events.Where(e => EventTypes.IsOnlyByName(e.Type)).Select(e => $"{e.Type} {e.Client!.Hostname}")];
}
