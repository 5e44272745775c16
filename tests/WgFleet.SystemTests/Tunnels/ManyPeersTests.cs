using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Tunnels;

/// <summary>WireGuard gets thousands of peers in few messages, is read whole, and is told only what differs.</summary>
public class ManyPeersTests
{
    /// <summary>As many as a fleet may have where the kernel has WireGuard; wireguard-go needs a gigabyte for so many.</summary>
    private static async Task<int> CountAsync(Gateway gateway) =>
        (await gateway.Machine.TryRunAsync("ip", "link", "add", "wg_probe", "type", "wireguard")).ExitCode == 0 ? 20_000 : 2_000;

    [Fact]
    public async Task All_clients_become_peers_at_start_and_changes_by_other_programs_are_repaired()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        await gateway.Server.StopAsync();
        var clients = (await gateway.AddClientsAsync(await CountAsync(gateway))).ToDictionary(c => c.Key, c => $"{c.Value}/128");

        await gateway.StartAsync(Gateway.Alpha + "prune_interval: 1s\n");

        (await DifferencesAsync()).ShouldBe(0);

        // A program for each would take minutes: one for all of them.
        var some = clients.Keys.Take(100).SelectMany(key => new[] { "peer", key, "remove" });
        var moved = clients.Keys.Skip(100).Take(100).SelectMany(key => new[] { "peer", key, "allowed-ips", "" });
        var strays = Enumerable.Range(1, 100).SelectMany(i => new[] { "peer", Gateway.NewKey(), "allowed-ips", $"fd00:a0a8:34d:a0::9:{i:x}/128" });
        await gateway.Machine.RunAsync(["wg", "set", "wg_alpha", .. some, .. moved, .. strays]);
        await Deadline.UntilAsync("the peers are as before", async () => await DifferencesAsync() == 0);

        await gateway.Server.LogsAsync(" missing peer");

        async Task<int> DifferencesAsync()
        {
            var peers = await gateway.PeersAsync();
            return peers.Count(p => clients.GetValueOrDefault(p.Key) != p.Value) + clients.Keys.Count(key => !peers.ContainsKey(key));
        }
    }
}
