using System.Diagnostics;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Tunnels;

/// <summary>Two gateways with one PostgreSQL: whatever happens to the one that serves, the other one takes over, and clients keep key, address and name.</summary>
public class StandbyTests
{
    private const string Address = "10.201.0.100";

    [Fact]
    public async Task A_gateway_that_stops_or_dies_is_followed_by_the_one_that_stands_by_and_an_idle_client_is_back()
    {
        await using var lan = await Lan.CreateAsync();
        var (gw1, gw2, postgres) = await StartTwoAsync(lan);
        await MoveAddressAsync(gw1, from: null);

        (await GetAsync(gw2, "/healthz")).Body.ShouldBe("""{"status":"standby"}""");
        (await GetAsync(gw2, "/readyz")).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe(503), answer => answer.Body.ShouldBe("""{"detail":"gateway gw2 stands by; gw1 holds the lease"}"""));
        (await gw2.Machine.SendAsync(HttpMethod.Post, "http://127.0.0.1:8000/fleet/alpha/register")).Status.ShouldBe(503);
        (await GetAsync(gw2, "/metrics")).Body.ShouldContain("""wgfleet_lease_held{gateway="gw2"} 0""");
        (await GetAsync(gw1, "/metrics")).Body.ShouldContain("""wgfleet_lease_held{gateway="gw1"} 1""");
        var status = await gw2.RunAsync("status", "--config", gw2.ConfigFile);
        (status.ExitCode, status.Error).ShouldBe((3, "wg-fleet: gateway gw2 stands by; gw1 holds the lease\n"));
        (await gw2.RunAsync("health", "--config", gw2.ConfigFile)).ExitCode.ShouldBe(1);

        var client = await lan.AddClientAsync();
        await client.JoinAsync(gw1);
        (await client.PingAsync("kept")).Status.ShouldBe(200);
        var peers = await gw1.PeersAsync();

        // A clean stop gives the lease back.
        var watch = Stopwatch.StartNew();
        (await gw1.Server.StopAsync()).ShouldBe(0);
        await gw2.Server.ReadyAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"stop to ready: {watch.Elapsed.TotalSeconds:0.00} s");
        await MoveAddressAsync(gw2, from: gw1);
        await BackAsync(client, gw2, peers);

        // The first gateway comes back, hears of the other one, and lets go of the tunnels.
        gw1.Launch(await File.ReadAllTextAsync(gw1.ConfigFile, TestContext.Current.CancellationToken));
        await gw1.Server.LogsAsync("gateway gw1 stands by; gw2 holds the lease");
        await gw1.Server.LogsAsync("Removed wg_alpha, because another gateway has the fleet");

        // The host of the second one dies: the lease ends by itself.
        watch.Restart();
        await lan.PowerOffAsync(gw2.Machine);
        await gw1.Server.ReadyAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"death to ready: {watch.Elapsed.TotalSeconds:0.00} s");
        await MoveAddressAsync(gw1, from: null);
        await BackAsync(client, gw1, peers);

        (await TakingsAsync(postgres)).ShouldBe(["gw1|1|first", "gw2|2|released", "gw1|3|expired"]);
    }

    [Fact]
    public async Task A_process_that_was_killed_takes_its_own_lease_back_and_its_clients_notice_nothing()
    {
        await using var lan = await Lan.CreateAsync();
        var (gw1, gw2, postgres) = await StartTwoAsync(lan, "60s");
        await MoveAddressAsync(gw1, from: null);
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gw1);

        await gw1.Server.KillAsync();
        (await client.ReachesGatewayAsync()).ShouldBeTrue();
        await gw1.StartAsync(await File.ReadAllTextAsync(gw1.ConfigFile, TestContext.Current.CancellationToken));

        (await client.PingAsync("kept")).Status.ShouldBe(200);
        (await GetAsync(gw2, "/readyz")).Status.ShouldBe(503);
        (await TakingsAsync(postgres)).ShouldBe(["gw1|1|first", "gw1|2|own"]);
    }

    [Fact]
    public async Task A_gateway_that_was_paused_changes_nothing_afterwards_and_lets_go_of_the_tunnels()
    {
        await using var lan = await Lan.CreateAsync();
        var (gw1, gw2, postgres) = await StartTwoAsync(lan);
        await MoveAddressAsync(gw1, from: null);
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gw1);
        (await client.PingAsync("kept")).Status.ShouldBe(200);
        var peers = await gw1.PeersAsync();

        gw1.Server.Signal(Signals.Stop);
        await gw2.Server.ReadyAsync();
        var events = await postgres.RowsAsync("fleet", "SELECT count(*) FROM events");
        gw1.Server.Signal(Signals.Continue);

        // nsenter has stopped with its child.
        gw1.Server.Process.Signal(Signals.Continue);
        (await gw1.Machine.SendAsync(HttpMethod.Post, "http://127.0.0.1:8000/fleet/alpha/register")).Status.ShouldBe(503);
        await gw1.Server.LogsAsync("Gateway gw1 has lost the lease, and stands by");
        await gw1.Server.LogsAsync("Removed wg_alpha, because another gateway has the fleet");

        (await postgres.RowsAsync("fleet", "SELECT count(*) FROM events")).ShouldBe(events);
        await MoveAddressAsync(gw2, from: gw1);
        await BackAsync(client, gw2, peers);
        (await TakingsAsync(postgres)).ShouldBe(["gw1|1|first", "gw2|2|expired"]);
    }

    [Fact]
    public async Task A_gateway_with_another_key_for_the_fleet_is_refused()
    {
        await using var lan = await Lan.CreateAsync();
        var (_, gw2, _) = await StartTwoAsync(lan);
        await gw2.Server.StopAsync();
        var conf = Path.Combine(gw2.Machine.Disk, "etc-wireguard/wg_alpha.conf");
        var text = await File.ReadAllLinesAsync(conf, TestContext.Current.CancellationToken);
        File.Delete(conf);
        await File.WriteAllLinesAsync(conf, text.Select(l => l.StartsWith("PrivateKey", StringComparison.Ordinal) ? $"PrivateKey = {Gateway.NewKey()}" : l), TestContext.Current.CancellationToken);

        var refused = await gw2.RunAsync("--config", gw2.ConfigFile);

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain(
            "gateway: /etc/wireguard/wg_alpha.conf has another key than the one that the gateways share: move the file away, and this gateway writes it with the shared key");
    }

    private static async Task<(Gateway First, Gateway Second, Postgres Database)> StartTwoAsync(Lan lan, string lease = "3s")
    {
        var database = await lan.BootAsync("database", 9);
        var postgres = await Postgres.StartAsync(database, "10.201.0.9");
        await postgres.CreateDatabaseAsync("fleet");
        var key = Gateway.NewKey();
        var (gw1, gw2) = (await lan.AddGatewayAsync(1), await lan.AddGatewayAsync(2));
        await gw1.StartAsync(await ConfigAsync(gw1, "gw1"));
        gw2.Launch(await ConfigAsync(gw2, "gw2"));
        await gw2.Server.LogsAsync("gateway gw2 stands by; gw1 holds the lease");
        return (gw1, gw2, postgres);

        async Task<string> ConfigAsync(Gateway gateway, string name)
        {
            var (secret, keyFile) = (Path.Combine(gateway.Machine.Disk, "database.secret"), Path.Combine(gateway.Machine.Disk, "gateway.key"));
            await File.WriteAllTextAsync(secret, "Host=10.201.0.9\nUsername=postgres\nDatabase=fleet\n");
            await File.WriteAllTextAsync(keyFile, key + "\n");
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return $"{Gateway.Alpha.Replace("10.201.0.1", Address, StringComparison.Ordinal)}\ndatabase: {{postgresql: {secret}}}\ngateway: {{name: {name}, key_file: {keyFile}, lease: {lease}}}\n";
        }
    }

    /// <summary>What keepalived does: the address of the fleet's endpoint goes to another gateway, which tells the network.</summary>
    private static async Task MoveAddressAsync(Gateway to, Gateway? from)
    {
        if (from is not null)
            await from.Machine.RunAsync("ip", "addr", "del", $"{Address}/16", "dev", "eth0");

        await to.Machine.RunAsync("ip", "addr", "add", $"{Address}/16", "dev", "eth0");
    }

    private static async Task BackAsync(FleetClient client, Gateway gateway, Dictionary<string, string> peers)
    {
        await client.Machine.RunAsync("ip", "neigh", "flush", "dev", "eth0");
        (await client.ReachesGatewayAsync()).ShouldBeTrue();
        (await client.PingAsync()).Status.ShouldBe(200);
        (await gateway.PeersAsync()).ShouldBe(peers, ignoreOrder: true);
    }

    private static Task<Answer> GetAsync(Gateway gateway, string path) => gateway.Machine.SendAsync(HttpMethod.Get, $"http://127.0.0.1:8000{path}");

    private static Task<string[]> TakingsAsync(Postgres postgres) => postgres.RowsAsync(
        "fleet", "SELECT concat_ws('|', data ->> 'gateway', data ->> 'epoch', data ->> 'reason') FROM events WHERE type = 'gateway.took_over' ORDER BY seq");
}
