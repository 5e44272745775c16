using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>join.sh --loop goes on when the server has forgotten the machine. On its own, since it waits.</summary>
public class JoinAgainTests
{
    [Fact]
    public async Task A_removed_client_joins_again_by_itself_and_so_do_all_clients_after_the_server_was_down()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = (await lan.AddClientAsync()).Machine;
        await machine.DownloadAsync(gateway);
        await using var loop = machine.Start("env", "WG_FLEET_HOSTNAME=excavator", "WG_FLEET_INTERVAL=2", "dash", "/var/lib/join.sh", "--loop");
        await Deadline.UntilAsync("the machine has a name", () => gateway.HostsFile.Contains(" excavator.", StringComparison.Ordinal));
        var address = gateway.HostsFile.Split(' ')[0];

        // An operator deletes the client from the database while the server is away: the server never hears of it.
        await gateway.Server.StopAsync();
        await Deadline.UntilAsync("the machine has failed to register", () => loop.Error.Contains("10.201.0.1:8000 does not answer", StringComparison.Ordinal));
        await gateway.SqlAsync("DELETE FROM clients");
        await gateway.StartAsync();
        (await gateway.PeersAsync()).ShouldBeEmpty();

        await Deadline.UntilAsync("the machine is back", () => gateway.HostsFile.Contains(" excavator.", StringComparison.Ordinal), TimeSpan.FromMinutes(4));
        gateway.HostsFile.ShouldNotStartWith(address);
        (await machine.RunAsync("ping", "-6", "-c", "1", "-w", "30", "fd00:a0a8:34d:a0::1")).ShouldContain("1 received");
    }
}
