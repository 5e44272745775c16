using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>Who in a fleet reaches whom, by packets through real tunnels and the kernel's nftables.</summary>
public class IsolationTests
{
    private const string Table = "wg-fleet_alpha";

    private const string Isolated = Gateway.Alpha + """
            peers: false
            allow:
              - {from: job=monitoring, to: "*", ports: [tcp/9100]}

        """;

    [Fact]
    public async Task An_operator_reaches_all_clients_and_they_reach_neither_each_other_nor_what_is_behind_the_gateway()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Isolated);
        await gateway.Machine.RunAsync("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
        var behind = await lan.BootAsync("behind", 6);
        await behind.IpAsync("route add fd00:a0a8:34d:a0::/64 via 2001:db8::1\n");
        var (operators, a, b) = (await lan.AddClientAsync(), await lan.AddClientAsync(), await lan.AddClientAsync());
        foreach (var client in new[] { operators, a, b })
        {
            await client.JoinAsync(gateway);
            (await client.ReachesGatewayAsync()).ShouldBeTrue();
        }

        // A new client is isolated.
        (await PingAsync(operators, a)).ShouldBeFalse();
        await TagAsync(gateway, operators, "role=operator");
        await ReachesAsync(operators, a);
        await ReachesAsync(operators, b);

        // Answers come back, but nothing else does.
        (await PingAsync(a, operators)).ShouldBeFalse();
        (await PingAsync(a, b)).ShouldBeFalse();

        // A client that sends whatever it likes into its tunnel: to the network of the gateway, with the address of another client.
        await a.Machine.RunAsync("wg", "set", "fleet", "peer", a.Registration.ServerKey, "allowed-ips", "::/0");
        await a.Machine.IpAsync("route add 2001:db8::6/128 dev fleet\n");
        (await PingAsync(a.Machine, "2001:db8::6")).ShouldBeFalse();
        await a.Machine.IpAsync($"addr add {operators.Registration.Address}/128 dev fleet nodad\n");
        (await a.Machine.TryRunAsync("ping", "-6", "-c", "1", "-w", "2", "-I", operators.Registration.Address, b.Registration.Address)).ExitCode.ShouldNotBe(0);

        // From the network of the gateway into the fleet.
        (await PingAsync(behind, b.Registration.Address)).ShouldBeFalse();

        // What is allowed, is allowed for these ports alone.
        await using var exporter = b.Machine.Start("python3", "-m", "http.server", "--bind", "::", "9100");
        await using var other = b.Machine.Start("python3", "-m", "http.server", "--bind", "::", "9101");
        await TagAsync(gateway, operators, "role=other");
        await TagAsync(gateway, operators, "job=monitoring");
        await Deadline.UntilAsync("monitoring reads port 9100", () => ConnectsAsync(operators, b, 9100));
        (await ConnectsAsync(operators, b, 9101)).ShouldBeFalse();
        (await PingAsync(operators, b)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_another_program_does_to_the_table_is_repaired_and_other_tables_are_left_alone_and_it_goes_with_the_keys()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Isolated);
        await gateway.Machine.RunAsync("nft", "add", "table", "inet", "filter");

        foreach (var (command, reason) in new[]
        {
            ($"delete table inet {Table}", $"its nftables table {Table} was missing"),
            ($"flush chain inet {Table} clients", $"its nftables table {Table} was changed"),
            ($"add element inet {Table} ip6_tag0 {{ fd00:a0a8:34d:a0::bad }}", $"its nftables table {Table} was changed"),
        })
        {
            var before = await TableAsync(gateway);
            var log = gateway.Server.Log.Length;
            await gateway.Machine.RunAsync(["nft", .. command.Split(' ')]);
            await Deadline.UntilAsync($"'{command}' is repaired", () => gateway.Server.Log[log..].Contains($"Repaired the isolation of fleet alpha: {reason}", StringComparison.Ordinal));
            (await TableAsync(gateway)).ShouldBe(before);
        }

        await Deadline.UntilAsync("it is recorded", async () => await gateway.SqlAsync("SELECT count(*) FROM events WHERE type = 'fleet.repaired' AND fleet = 'alpha'") == "3");

        await File.WriteAllTextAsync(gateway.ConfigFile, Gateway.Alpha, TestContext.Current.CancellationToken);
        (await gateway.RunAsync("reload", "--config", gateway.ConfigFile)).Succeeded("reload");
        (await gateway.Machine.RunAsync("nft", "list", "tables")).ShouldBe("table inet filter\n");
    }

    private static async Task<string> TableAsync(Gateway gateway) => await gateway.Machine.RunAsync("nft", "list", "table", "inet", Table);

    private static async Task TagAsync(Gateway gateway, FleetClient client, string tag) =>
        (await gateway.RunAsync("clients", "tag", "--config", gateway.ConfigFile, client.Registration.Address, "--set", tag)).Succeeded("tag");

    private static Task ReachesAsync(FleetClient from, FleetClient to) => Deadline.UntilAsync("the other client answers", () => PingAsync(from, to));

    private static Task<bool> PingAsync(FleetClient from, FleetClient to) => PingAsync(from.Machine, to.Registration.Address);

    private static async Task<bool> PingAsync(Machine from, string to) => (await from.TryRunAsync("ping", "-6", "-c", "1", "-w", "2", to)).ExitCode == 0;

    private static async Task<bool> ConnectsAsync(FleetClient from, FleetClient to, int port) =>
        (await from.Machine.TryRunAsync("curl", "-sg", "-o", "/dev/null", "--max-time", "3", $"http://[{to.Registration.Address}]:{port}/")).ExitCode == 0;
}
