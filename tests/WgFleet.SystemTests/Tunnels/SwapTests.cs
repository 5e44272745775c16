using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Tunnels;

/// <summary>Two fleets exchange what only one of them can have, in one reload.</summary>
public class SwapTests
{
    private static string Config(string alphaSubnet, int alphaPort, string betaSubnet, int betaPort) => $$"""
        domain: example.net
        prune_timeout: 30m
        fleets:
          alpha: {ip6: "{{alphaSubnet}}1", subnet: "{{alphaSubnet}}/64", external_ip: 10.201.0.1, port: {{alphaPort}}}
          beta: {ip6: "{{betaSubnet}}1", subnet: "{{betaSubnet}}/64", external_ip: 10.201.0.1, port: {{betaPort}}}

        """;

    [Fact]
    public async Task Two_fleets_exchange_ports_then_subnets_and_clients_can_join_both()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Config("fd00:a::", 51820, "fd00:b::", 51821));

        await ReloadAsync(gateway, Config("fd00:a::", 51821, "fd00:b::", 51820));
        (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "listen-port")).ShouldBe("51821\n");
        (await gateway.Machine.RunAsync("wg", "show", "wg_beta", "listen-port")).ShouldBe("51820\n");

        await ReloadAsync(gateway, Config("fd00:b::", 51821, "fd00:a::", 51820));
        (await gateway.Machine.RunAsync("ip", "-6", "route", "show", "fd00:a::/64")).ShouldContain("dev wg_beta");
        (await gateway.Machine.RunAsync("ip", "-6", "route", "show", "fd00:a::/64")).ShouldNotContain("wg_alpha");

        foreach (var fleet in new[] { "alpha", "beta" })
        {
            var client = await lan.AddClientAsync();
            await client.JoinAsync(gateway, fleet);
            (await client.PingAsync("joined", fleet)).Status.ShouldBe(200);
        }
    }

    private static async Task ReloadAsync(Gateway gateway, string config)
    {
        await File.WriteAllTextAsync(gateway.ConfigFile, config, TestContext.Current.CancellationToken);
        (await gateway.RunAsync("reload", "--config", gateway.ConfigFile)).Succeeded("wg-fleet reload");
        await gateway.Server.ReadyAsync();
    }
}
