using WgFleet.Hooks;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Fleets;

public class RestartTests
{
    [Fact]
    public async Task All_clients_are_back_after_a_reboot()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync("alpha", "web");
        await test.JoinAsync("alpha", "web");
        await test.JoinAsync("beta");
        var before = test.Registry.Current.Fleets.SelectMany(f => f.ById.Values).Select(m => (m.Id, m.Fleet, m.Address, m.PublicKey, m.Hostname, m.RequestAddress, m.RegisteredAt)).ToList();
        var gateway = test.Links["alpha"].Tunnel.PublicKey;

        await test.StopAsync();
        test.WireGuard.Lose("wg_alpha");
        test.WireGuard.Lose("wg_beta");
        await test.StartAgainAsync();

        test.Registry.Current.Fleets.SelectMany(f => f.ById.Values).Select(m => (m.Id, m.Fleet, m.Address, m.PublicKey, m.Hostname, m.RequestAddress, m.RegisteredAt)).ShouldBe(before);
        test.Links["alpha"].Tunnel.PublicKey.ShouldBe(gateway);
        test.ShouldAgree();
    }

    [Fact]
    public async Task Event_numbers_are_never_reused_even_if_the_rows_are_deleted()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync();
        var last = (await LastAsync(test)).Sequence;
        await test.StopAsync();
        Some.Execute(test.Config.Database, "DELETE FROM events");
        await test.StartAgainAsync();

        Some.Rows(test.Config.Database, "SELECT seq, type FROM events").ShouldBe([$"{last + 1}|startup"]);
        (await LastAsync(test)).Sequence.ShouldBe(last + 2);
        test.Registry.Current.Sequence.ShouldBe(last + 2);

        static async Task<FleetEvent> LastAsync(TestRegistry test)
        {
            await test.JoinAsync();
            return test.Events[^1];
        }
    }

    [Fact]
    public async Task The_event_log_has_every_event_as_it_was_published()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync("alpha", "web");
        await test.NameAsync(client, "db");
        await test.RemoveAsync(client);

        var rows = Some.Rows(test.Config.Database, "SELECT seq, id, type, fleet, subject, time, data FROM events ORDER BY seq");
        rows[0].ShouldEndWith("""|startup|NULL|NULL|2026-01-02 03:04:05.000000|{"version":"0.1.0"}""");
        var read = rows.Skip(1).Select(r => r.Split('|')).Select(c => WgFleet.Events.EventJson.FromRow(new WgFleet.Store.EventRow
        {
            Seq = long.Parse(c[0], System.Globalization.CultureInfo.InvariantCulture),
            Id = c[1],
            Type = c[2],
            Fleet = c[3],
            Subject = c[4],
            Time = UtcText.Read(c[5]),
            Data = c[6],
        }));
        read.ShouldBe(test.Events);
        rows.Skip(1).ShouldAllBe(r => r.Contains($"|alpha|fleets/alpha/clients/{client.Address}|"));
    }

    [Fact]
    public async Task A_client_outside_a_changed_subnet_gives_up_its_name()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync("alpha", "web");
        await test.JoinAsync("alpha", "db");
        await test.RestartAsync(c => c with { Fleets = [Some.Fleet("alpha", "fd00:c::/64"), c.Fleets[1]] });
        test.Alpha.Count.ShouldBe(0);
        test.Log.Lines.ShouldContain(l => l.Message == "The database keeps 2 clients of fleet alpha outside its subnet fd00:c::/64; such machines must register again");

        var back = await test.JoinAsync();

        (await test.NameAsync(back, "web")).ShouldBe("web");
        Some.Rows(test.Config.Database, "SELECT id, hostname FROM clients ORDER BY id").ShouldBe(["1|NULL", "2|db", "3|web"]);

        // Those who still hold theirs are there again when the subnet is.
        await test.RestartAsync(c => c with { Fleets = [Some.Fleet("alpha", "fd00:a::/64"), c.Fleets[1]] });
        test.Alpha.ById.Values.Select(m => m.Hostname).ShouldBe([null, "db"]);
    }

    [Fact]
    public async Task Clients_of_a_removed_fleet_stay_in_the_database_and_return_with_the_fleet()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync("beta", "web");
        var fleets = test.Config.Fleets;

        await test.RestartAsync(c => c with { Fleets = [fleets[0]] });
        test.Registry.Current.Fleet("beta").ShouldBeNull();
        await test.JoinAsync();
        test.Log.Lines.ShouldContain(l => l.Message.StartsWith("Fleet beta is not in the configuration. The database keeps its 1 client, in no file"));

        await test.RestartAsync(c => c with { Fleets = fleets });
        test.Registry.Current.Fleet("beta")!.ByHostname.ShouldContainKey("web");
        test.ShouldAgree();
    }
}
