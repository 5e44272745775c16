using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>Who is alive and who is removed: a handshake, a ping or received bytes count.</summary>
public class PruningTests
{
    private static readonly string Quick =
        Gateway.Alpha.Replace("30m", "10s", StringComparison.Ordinal) + "prune_interval: 1s\nprune_grace: 0s\n";

    [Fact]
    public async Task A_client_with_traffic_or_pings_is_never_pruned_and_a_silent_client_is()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Quick);
        var talker = await lan.AddClientAsync();
        await talker.JoinAsync(gateway);
        await using var talking = talker.Machine.Start("ping", "-6", "-q", "-i", "0.5", talker.Registration.ServerAddress);
        var pinger = await gateway.RegisterAsync();
        using var done = new CancellationTokenSource();
        var pinging = PingAsync(gateway, pinger, done.Token);

        // Two that are quiet, one after the other: twice prune_timeout.
        for (var i = 0; i < 2; i++)
            await RemovedAsync(gateway, await gateway.RegisterAsync());

        await done.CancelAsync();
        await pinging;
        (await gateway.PeersAsync()).Values.ShouldBe([$"{talker.Registration.Address}/128", $"{pinger.Address}/128"], ignoreOrder: true);
        (await talker.PingAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_pruned_client_leaves_every_file_and_may_join_again()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Quick);
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        await client.PingAsync("back-soon");
        var before = client.Registration;
        await client.DisconnectAsync();

        await RemovedAsync(gateway, before);

        await Deadline.UntilAsync("the files have lost it", () => gateway.HostsFile == "\n" && gateway.TargetsFile == "[]");
        (await gateway.SqlAsync("SELECT count(*) FROM clients")).ShouldBe("0");
        (await gateway.PingForAsync(before)).Body.ShouldBe("""{"detail":"Client not registered"}""");
        await client.JoinAsync(gateway);
        (await client.PingAsync("back-soon")).Status.ShouldBe(200);
        gateway.HostsFile.ShouldBe($"{client.Registration.Address} back-soon.alpha.example.net\n");
    }

    [Fact]
    public async Task Registering_and_pruning_are_events_with_the_last_state_and_the_reason()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Quick);
        var clients = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => gateway.RegisterAsync()));
        foreach (var client in clients)
            await gateway.PingForAsync(client, "clone");

        await Task.WhenAll(clients.Select(client => RemovedAsync(gateway, client)));

        foreach (var client in clients)
        {
            var events = await gateway.SqlAsync($"""
                SELECT type, json_extract(data, '$.client.hostname'), json_extract(data, '$.reason')
                FROM events WHERE json_extract(data, '$.client.ip') = '{client.Address}' ORDER BY seq
                """);
            events.ShouldMatch(@"\Aclient\.added\|\|\nclient\.hostname_changed\|clone(--\d)?\|\nclient\.removed\|clone(--\d)?\|stale\z");
        }
    }

    private static Task RemovedAsync(Gateway gateway, Registration client) =>
        Deadline.UntilAsync($"{client.Address} is removed", async () => !(await gateway.PeersAsync()).ContainsValue($"{client.Address}/128"));

    private static async Task PingAsync(Gateway gateway, Registration client, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            (await gateway.PingForAsync(client)).Status.ShouldBe(200);
            await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }
}
