using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>join.sh behind a proxy that speaks TLS: the token never goes in clear.</summary>
public class JoinTlsProxyTests
{
    // Only the proxy is reached from outside; inside of the tunnel there is no need for TLS.
    private const string Closed = Gateway.Alpha + "enrollment: token\n";

    [Fact]
    public async Task A_script_downloaded_over_TLS_registers_over_TLS()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Closed);
        await using var proxy = gateway.Machine.Start("sh", "-ec", Proxy.Nginx("10.201.0.1", "127.0.0.1:8000"));
        var machine = (await lan.AddClientAsync()).Machine;
        await machine.OwnFoldersAsync();
        await Deadline.UntilAsync("the proxy answers", async () =>
            (await gateway.Machine.TryRunAsync("curl", "-sf", "--cacert", Proxy.Certificate, "https://10.201.0.1/healthz")).ExitCode == 0);
        await File.WriteAllTextAsync(Path.Combine(machine.Disk, "var-lib/ca.pem"), await gateway.Machine.RunAsync("cat", Proxy.Certificate), TestContext.Current.CancellationToken);
        var token = (await gateway.RunAsync("tokens", "create", "--enroll", "lab", "--config", gateway.ConfigFile)).Succeeded("tokens create");
        await File.WriteAllTextAsync(Path.Combine(machine.Disk, "var-lib/token"), token, TestContext.Current.CancellationToken);

        await machine.RunAsync("curl", "-sSf", "--cacert", "/var/lib/ca.pem", "-o", "/var/lib/join.sh", "https://10.201.0.1/fleet/alpha/join.sh");
        (await machine.RunAsync("cat", "/var/lib/join.sh")).ShouldContain("\nserver=${WG_FLEET_SERVER:-'https://10.201.0.1'}\n");
        (await machine.JoinAsync("--cacert", "/var/lib/ca.pem", "--token-file", "/var/lib/token")).ShouldContain("in the fleet at https://10.201.0.1 as excavator.alpha.example.net");

        await machine.ReachesGatewayAsync();
    }
}
