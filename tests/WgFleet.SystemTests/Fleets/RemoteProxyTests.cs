using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>A proxy with TLS on another machine than the gateway.</summary>
public class RemoteProxyTests
{
    private const string Trusting = Gateway.Alpha + "trusted_proxies: [10.201.0.5/32]\n";

    [Fact]
    public async Task A_machine_joins_through_a_proxy_on_another_machine_as_soon_as_a_reload_trusts_the_proxy()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var front = await lan.BootAsync("front", 5);
        await using var proxy = front.Start("sh", "-ec", Proxy.Nginx("10.201.0.5", "10.201.0.1:8000"));
        await Deadline.UntilAsync("the proxy answers", async () =>
            (await front.TryRunAsync("curl", "-sf", "--cacert", Proxy.Certificate, "https://10.201.0.5/healthz")).ExitCode == 0);
        var machine = (await lan.AddClientAsync()).Machine;
        await machine.OwnFoldersAsync();
        await File.WriteAllTextAsync(Path.Combine(machine.Disk, "var-lib/ca.pem"), await front.RunAsync("cat", Proxy.Certificate), TestContext.Current.CancellationToken);

        (await DownloadAsync(machine)).ShouldContain("'http://10.201.0.5'");
        await File.WriteAllTextAsync(gateway.ConfigFile, Trusting, TestContext.Current.CancellationToken);
        (await gateway.RunAsync("reload", "--config", gateway.ConfigFile)).Succeeded("reload");
        (await DownloadAsync(machine)).ShouldContain("'https://10.201.0.5'");

        (await machine.JoinAsync("--cacert", "/var/lib/ca.pem")).ShouldContain("in the fleet at https://10.201.0.5 as excavator.alpha.example.net");
        await machine.ReachesGatewayAsync();

        // What the machine itself says of its address does not count: nginx adds the true one behind it.
        var forged = await machine.RunAsync("curl", "-sSf", "--cacert", "/var/lib/ca.pem", "--data", "", "-H", "X-Forwarded-For: 127.0.0.1", "https://10.201.0.5/fleet/alpha/register");
        forged.ShouldContain("\"status\":\"success\"");
        (await gateway.SqlAsync("SELECT DISTINCT http_request_ip FROM clients")).ShouldBe(Lan.Address(257).ToString());
        (await machine.RunAsync("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", "/var/lib/ca.pem", "-H", "X-Forwarded-For: 127.0.0.1", "https://10.201.0.5/api/v1/fleets"))
            .ShouldNotBe("200");

        // A machine that is no proxy is not believed.
        await machine.RunAsync("curl", "-sSf", "-X", "POST", "-H", "X-Forwarded-For: 203.0.113.9", $"{gateway.Url}/fleet/alpha/register");
        (await gateway.SqlAsync("SELECT DISTINCT http_request_ip FROM clients")).ShouldBe(Lan.Address(257).ToString());
    }

    [Fact]
    public async Task A_proxy_network_that_has_machines_of_a_fleet_in_it_keeps_the_server_from_starting()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        const string why = "overlaps fleets.alpha's subnet fd00:a0a8:34d:a0::/64, whose machines could then pass for each other; use the addresses of your proxies";

        var refused = await gateway.RefuseAsync(Gateway.Alpha + "trusted_proxies: [10.201.0.5/32, 'fd00:a0a8:34d:a0::5/128']\n");
        refused.ExitCode.ShouldBe(78);
        refused.Error.ShouldContain($"{gateway.ConfigFile}:9: trusted_proxies[1]: fd00:a0a8:34d:a0::5/128 {why}");
        (await gateway.RunAsync("check", "--config", gateway.ConfigFile)).Error.ShouldContain(why);
    }

    private static async Task<string> DownloadAsync(Machine machine)
    {
        await machine.RunAsync("curl", "-sSf", "--cacert", "/var/lib/ca.pem", "-o", "/var/lib/join.sh", "https://10.201.0.5/fleet/alpha/join.sh");
        return await machine.RunAsync("cat", "/var/lib/join.sh");
    }
}
