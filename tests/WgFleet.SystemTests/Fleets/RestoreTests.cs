using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>A client that was removed and is restored, with a real tunnel.</summary>
public class RestoreTests
{
    [Fact]
    public async Task The_tunnel_of_a_restored_client_works_again_without_a_change_on_the_machine()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("excavator")).Status.ShouldBe(200);
        var hosts = gateway.HostsFile;

        await OperateAsync("remove", "excavator");
        (await gateway.PeersAsync()).ShouldBeEmpty();
        gateway.HostsFile.ShouldBe("\n");
        (await client.ReachesGatewayAsync(seconds: 2)).ShouldBeFalse();

        (await OperateAsync("restore", "excavator")).ShouldBe($"excavator of alpha is restored, with {client.Registration.Address} and its key\n");
        gateway.HostsFile.ShouldBe(hosts);
        (await client.ReachesGatewayAsync()).ShouldBeTrue();
        (await client.PingAsync()).Status.ShouldBe(200);
        (await gateway.PeersAsync()).ShouldBe(new Dictionary<string, string> { [await client.Registration.PublicKeyAsync()] = client.Registration.Address + "/128" });

        async Task<string> OperateAsync(string verb, string name) =>
            (await gateway.RunAsync("clients", verb, name, "--config", gateway.ConfigFile)).Succeeded($"clients {verb}");
    }
}
