using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Consumers;

/// <summary>dnsmasq reads the hosts file, in both ways that it has for that.</summary>
public class DnsmasqTests
{
    private static readonly string[] Common =
        ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=", "--log-facility=-", "--listen-address=127.0.0.1", "--bind-interfaces"];

    [Fact]
    public async Task dnsmasq_with_hostsdir_notices_every_change_by_itself()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("mkdir", "/run/hosts.d");
        await gateway.StartAsync(Gateway.Alpha + "hosts_file: /run/hosts.d/wg_fleet\n");
        await using var dnsmasq = gateway.Machine.Start([.. Common, "--hostsdir=/run/hosts.d"]);
        var client = await gateway.RegisterAsync();

        await gateway.PingForAsync(client, "first");
        await AnswersAsync(gateway, "first.alpha.example.net", client.Address);

        await gateway.PingForAsync(client, "second");
        await AnswersAsync(gateway, "second.alpha.example.net", client.Address);
        await AnswersAsync(gateway, "first.alpha.example.net", "");
    }

    [Fact]
    public async Task dnsmasq_with_addn_hosts_and_a_signal_knows_the_name_when_the_ping_is_answered()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        await using var dnsmasq = gateway.Machine.Start([.. Common, "--addn-hosts=/run/wg_fleet_hosts"]);
        await Deadline.UntilAsync("dnsmasq has read the file", () => dnsmasq.Error.Contains("/run/wg_fleet_hosts", StringComparison.Ordinal));
        var client = await gateway.RegisterAsync();

        foreach (var name in (string[])["first", "second"])
        {
            await gateway.PingForAsync(client, name);
            await gateway.Machine.RunAsync("sh", "-c", "kill -HUP $(pidof dnsmasq)");
            await AnswersAsync(gateway, $"{name}.alpha.example.net", client.Address);
        }

        await AnswersAsync(gateway, "first.alpha.example.net", "");
    }

    /// <summary>With the dnsmasq of this machine, which is a later one; what the recipe asks of dnsmasq is the same in all versions.</summary>
    [Fact]
    public async Task The_recipe_for_dnsmasq_up_to_2_87_forgets_names_that_are_gone()
    {
        var page = (await File.ReadAllTextAsync(Repository.PathOf("docs/operations.md"), TestContext.Current.CancellationToken)).Split("Up to dnsmasq 2.87")[1];
        var yaml = page.Split("```yaml\n")[1].Split("```")[0];
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("mkdir", "/run/wg-fleet", "/run/dnsmasq");
        await gateway.Machine.RunAsync("sh", "-c", "echo > /run/wg-fleet/hosts");
        page.ShouldContain("    addn-hosts=/run/wg-fleet/hosts\n");
        await using var dnsmasq = gateway.Machine.Start([.. Common.Where(o => o != "--pid-file="), "--pid-file=/run/dnsmasq/dnsmasq.pid", "--addn-hosts=/run/wg-fleet/hosts"]);
        await Deadline.UntilAsync("dnsmasq has read the file", () => dnsmasq.Error.Contains("/run/wg-fleet/hosts", StringComparison.Ordinal));
        await gateway.StartAsync(Gateway.Alpha + yaml);
        var client = await gateway.RegisterAsync();

        await gateway.PingForAsync(client, "first");
        await AnswersAsync(gateway, "first.alpha.example.net", client.Address);

        await gateway.PingForAsync(client, "second");
        await AnswersAsync(gateway, "second.alpha.example.net", client.Address);
        await AnswersAsync(gateway, "first.alpha.example.net", "");
    }

    private static Task AnswersAsync(Gateway gateway, string name, string address) => Deadline.UntilAsync(
        $"dnsmasq answers '{address}' for {name}",
        async () => (await gateway.Machine.TryRunAsync("dig", "@127.0.0.1", "+short", "+tries=1", "+time=2", "AAAA", name)) is { ExitCode: 0 } dig
            && dig.Output.Trim() == address);
}
