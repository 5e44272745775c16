using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>A hundred copies of one machine, each with a network, a kernel's eye view and a WireGuard of its own.</summary>
public class HundredMachinesTests
{
    [Fact]
    public async Task A_hundred_copies_join_at_once_and_come_back_after_a_reboot()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var clients = new FleetClient[100];
        await ForEachAsync(Enumerable.Range(0, 100), async i => clients[i] = await lan.AddClientAsync());

        await Task.WhenAll(clients.Select(client => client.RegisterAsync(gateway)));
        await ForEachAsync(clients, client => client.ConnectAsync());
        var answers = await Task.WhenAll(clients.Select(client => client.PingAsync("copy")));

        answers.ShouldAllBe(a => a.Status == 200);
        Names(gateway).ShouldBe(Enumerable.Range(2, 99).Select(i => $"copy--{i}").Append("copy"), ignoreOrder: true);
        (await HandshakesAsync(gateway)).ShouldBe(100);
        var hosts = gateway.HostsFile;

        await gateway.RebootAsync();
        await gateway.StartAsync();

        answers = await Task.WhenAll(clients.Select(client => client.PingAsync("copy")));
        answers.ShouldAllBe(a => a.Status == 200);
        (await HandshakesAsync(gateway)).ShouldBe(100);
        gateway.HostsFile.ShouldBe(hosts);
    }

    private static IEnumerable<string> Names(Gateway gateway) => gateway.HostsFile
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[1].Replace(".alpha.example.net", "", StringComparison.Ordinal));

    private static async Task<int> HandshakesAsync(Gateway gateway) =>
        (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "latest-handshakes"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => !l.EndsWith("\t0", StringComparison.Ordinal));

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> act) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (item, _) => await act(item));
}
