using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Tunnels;

/// <summary>Whatever happens to the gateway, no client loses its place by it: reboot, lost interface, kill -9.</summary>
public class RecoveryTests
{
    [Fact]
    public async Task A_reboot_loses_no_client_and_their_tunnels_come_back_by_themselves()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var clients = new[] { await lan.AddClientAsync(), await lan.AddClientAsync() };
        foreach (var client in clients)
        {
            await client.JoinAsync(gateway);
            (await client.PingAsync("same")).Status.ShouldBe(200);
        }

        var (hosts, targets, peers) = (gateway.HostsFile, gateway.TargetsFile, await gateway.PeersAsync());

        await gateway.RebootAsync();
        await gateway.StartAsync();

        (gateway.HostsFile, gateway.TargetsFile).ShouldBe((hosts, targets));
        (await gateway.PeersAsync()).ShouldBe(peers, ignoreOrder: true);
        foreach (var client in clients)
        {
            (await client.ReachesGatewayAsync()).ShouldBeTrue();
            (await client.PingAsync()).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task An_idle_client_is_back_after_a_reboot_because_the_gateway_starts_the_handshake()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await JoinAndBeSavedAsync(lan, gateway);

        await gateway.RebootAsync();
        await LoseGatewayAsync(client);
        await gateway.StartAsync();

        await BackAsync(gateway, client);
    }

    [Fact]
    public async Task An_idle_client_is_back_when_the_interface_is_made_anew_because_the_gateway_starts_the_handshake()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await JoinAndBeSavedAsync(lan, gateway);

        await LoseGatewayAsync(client);
        await gateway.Machine.RunAsync("ip", "link", "del", "wg_alpha");

        await BackAsync(gateway, client);
    }

    [Fact]
    public async Task Clients_that_do_not_come_back_within_prune_grace_are_pruned()
    {
        await using var lan = await Lan.CreateAsync();
        var config = Gateway.Alpha.Replace("30m", "10s", StringComparison.Ordinal) + "prune_interval: 1s\nprune_grace: 40s\n";
        var gateway = await lan.StartGatewayAsync(config);
        var (back, gone) = (await lan.AddClientAsync(), await lan.AddClientAsync());
        await back.JoinAsync(gateway);
        await back.PingAsync("back");
        await gone.JoinAsync(gateway);
        await gone.PingAsync("gone");
        await using var talking = back.Machine.Start("ping", "-6", "-q", "-i", "0.5", back.Registration.ServerAddress);

        await lan.PowerOffAsync(gone.Machine);
        await gateway.RebootAsync();
        await gateway.StartAsync(config);

        gateway.HostsFile.ShouldContain(" gone.alpha.example.net\n");
        await Deadline.UntilAsync("the client that is off is removed", () => !gateway.HostsFile.Contains(" gone.", StringComparison.Ordinal));
        gateway.HostsFile.ShouldBe($"{back.Registration.Address} back.alpha.example.net\n");
    }

    [Fact]
    public Task A_killed_wireguard_go_is_started_again() =>
        HealsAfterAsync(gateway => gateway.Machine.RunAsync("sh", "-c", "kill -9 $(pidof wireguard-go)"));

    [Fact]
    public Task A_deleted_interface_is_made_again() =>
        HealsAfterAsync(gateway => gateway.Machine.RunAsync("ip", "link", "del", "wg_alpha"), Gateway.Alpha + "prune_interval: 1s\n");

    [Fact]
    public async Task Peers_that_another_program_removed_or_added_are_repaired()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha + "prune_interval: 1s\n");
        var client = await gateway.RegisterAsync();
        var peers = await gateway.PeersAsync();

        await gateway.Machine.RunAsync(
            "sh", "-c", $"wg set wg_alpha peer {await client.PublicKeyAsync()} remove peer $(wg genkey | wg pubkey) allowed-ips fd00:a0a8:34d:a0::99");

        await Deadline.UntilAsync("the peers are as before", async () =>
            gateway.Server.Log.Contains("missing peer", StringComparison.Ordinal) && (await gateway.PeersAsync()).SequenceEqual(peers));
    }

    [Fact]
    public async Task Kill_9_during_registrations_loses_no_client_that_got_an_answer()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var answered = new List<Registration>();

        for (var round = 1; round <= 4; round++)
        {
            var server = await gateway.StartAsync();
            var until = answered.Count + (round * 20);
            var joining = Enumerable.Range(0, 8).Select(_ => JoinUntilKilledAsync(gateway, answered)).ToList();
            await Deadline.UntilAsync("some have registered", () => Count(answered) >= until);

            await server.KillAsync();
            await Task.WhenAll(joining);
        }

        await gateway.StartAsync();

        var peers = await gateway.PeersAsync();
        foreach (var client in answered)
            peers[await client.PublicKeyAsync()].ShouldBe($"{client.Address}/128");
        (await gateway.SqlAsync("SELECT count(*) FROM clients")).ShouldBe($"{peers.Count}");
    }

    private static async Task<FleetClient> JoinAndBeSavedAsync(Lan lan, Gateway gateway)
    {
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("idle")).Status.ShouldBe(200);
        await Deadline.UntilAsync("its endpoint is saved", async () => await gateway.SqlAsync("SELECT count(endpoint) FROM clients") == "1");
        return client;
    }

    /// <summary>Nothing that the client sends by itself arrives any longer: it has no keepalive, and the endpoint it knows is the port of nobody.</summary>
    private static async Task LoseGatewayAsync(FleetClient client) => await client.Machine.RunAsync(
        "wg", "set", "fleet", "peer", client.Registration.ServerKey, "persistent-keepalive", "0", "endpoint", "10.201.0.1:9");

    /// <summary>The gateway has shaken hands, and by that the client knows again where the gateway is.</summary>
    private static async Task BackAsync(Gateway gateway, FleetClient client)
    {
        await Deadline.UntilAsync("there is a handshake", async () =>
            (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "latest-handshakes")).Split(['\t', '\n'])[1] is not "0");
        (await client.ReachesGatewayAsync()).ShouldBeTrue();
        (await client.PingAsync()).Status.ShouldBe(200);
        await Deadline.UntilAsync("its keepalive is off again", async () =>
            (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "persistent-keepalive")).EndsWith("\toff\n", StringComparison.Ordinal));
    }

    private static async Task JoinUntilKilledAsync(Gateway gateway, List<Registration> answered)
    {
        while (true)
        {
            try
            {
                var registration = await gateway.RegisterAsync();
                lock (answered)
                    answered.Add(registration);
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static int Count(List<Registration> answered)
    {
        lock (answered)
            return answered.Count;
    }

    private static async Task HealsAfterAsync(Func<Gateway, Task> breakage, string config = Gateway.Alpha)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(config);
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("healed")).Status.ShouldBe(200);

        await breakage(gateway);

        (await client.ReachesGatewayAsync(seconds: 90)).ShouldBeTrue();
        (await client.PingAsync()).Status.ShouldBe(200);
        (await gateway.PeersAsync()).ShouldContainKey(await client.Registration.PublicKeyAsync());
    }
}
