using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Config;

/// <summary>What the configuration may say, and what happens when it says something else at the next start.</summary>
public class ConfigurationTests
{
    [Fact]
    public async Task A_subnet_with_host_bits_works_with_a_warning()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha.Replace("a0::/64", "a0::5/64", StringComparison.Ordinal));

        (await gateway.PingForAsync(await gateway.RegisterAsync(), "works")).Status.ShouldBe(200);

        await gateway.Server.LogsAsync("fd00:a0a8:34d:a0::5/64 has host bits set, taken as fd00:a0a8:34d:a0::/64");
    }

    [Fact]
    public async Task A_fleet_name_may_look_like_a_YAML_number_or_boolean()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync("""
            domain: example.net
            prune_timeout: 30m
            fleets:
              123: {ip6: "fd00:1::1", subnet: "fd00:1::/64", external_ip: 10.201.0.1, port: 51821}
              on: {ip6: "fd00:2::1", subnet: "fd00:2::/64", external_ip: 10.201.0.1, port: 51822}

            """);

        foreach (var fleet in (string[])["123", "on"])
        {
            var client = await gateway.RegisterAsync(fleet);
            (await gateway.PingForAsync(client, "a", fleet)).Status.ShouldBe(200);
            gateway.HostsFile.ShouldContain($"{client.Address} a.{fleet}.example.net\n");
        }
    }

    [Fact]
    public async Task A_port_and_an_address_changed_in_the_file_take_effect_at_the_next_start()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var old = await gateway.RegisterAsync();
        await gateway.PingForAsync(old, "kept");
        await gateway.Server.StopAsync();

        await gateway.StartAsync(Gateway.Alpha.Replace("51820", "51999", StringComparison.Ordinal).Replace("a0::1\n", "a0::2\n", StringComparison.Ordinal));

        (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "listen-port")).ShouldBe("51999\n");
        (await gateway.Machine.RunAsync("ip", "-6", "-o", "addr", "show", "dev", "wg_alpha", "scope", "global"))
            .ShouldMatch(@"\A[^\n]* fd00:a0a8:34d:a0::2/64 [^\n]*\n\z");
        (await File.ReadAllTextAsync(gateway.Machine.Seen("/etc/wireguard/wg_alpha.conf")))
            .ShouldStartWith("[Interface]\nAddress = fd00:a0a8:34d:a0::2/64\nListenPort = 51999\n");
        gateway.HostsFile.ShouldBe($"{old.Address} kept.alpha.example.net\n");
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        client.Registration.ServerKey.ShouldBe(old.ServerKey);
        (await client.PingAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Clients_outside_a_changed_subnet_are_left_out_until_it_is_changed_back()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var old = await gateway.RegisterAsync();
        await gateway.PingForAsync(old, "old");
        await gateway.Server.StopAsync();

        await gateway.StartAsync(Gateway.Alpha.Replace("34d:a0:", "34d:b0:", StringComparison.Ordinal));
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("new")).Status.ShouldBe(200);

        gateway.HostsFile.ShouldBe($"{client.Registration.Address} new.alpha.example.net\n");
        (await gateway.PeersAsync()).Values.ShouldBe([$"{client.Registration.Address}/128"]);
        await gateway.Server.LogsAsync("outside its subnet");

        await gateway.Server.StopAsync();
        await gateway.StartAsync();
        gateway.HostsFile.ShouldBe($"{old.Address} old.alpha.example.net\n");
        (await gateway.PeersAsync()).Values.ShouldBe([$"{old.Address}/128"]);
    }

    [Fact]
    public async Task A_fleet_removed_from_the_configuration_leaves_the_files_and_gets_its_clients_back_when_it_returns()
    {
        await using var lan = await Lan.CreateAsync();
        const string both = Gateway.Alpha + """
              beta: {ip6: "fd00:b::1", subnet: "fd00:b::/64", external_ip: 10.201.0.1, port: 51821}

            """;
        var gateway = await lan.StartGatewayAsync(both);
        var (alpha, beta) = (await gateway.RegisterAsync(), await lan.AddClientAsync());
        await gateway.PingForAsync(alpha, "a");
        await beta.JoinAsync(gateway, "beta");
        await beta.PingAsync("b", "beta");
        var (hosts, targets) = (gateway.HostsFile, gateway.TargetsFile);
        await gateway.Server.StopAsync();

        await gateway.StartAsync(Gateway.Alpha);
        gateway.HostsFile.ShouldBe($"{alpha.Address} a.alpha.example.net\n");
        gateway.TargetsFile.ShouldNotContain("beta");
        await gateway.Server.LogsAsync("Fleet beta is not in the config");
        (await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9")).Status.ShouldBe(404);
        await gateway.Server.StopAsync();

        await gateway.StartAsync(both);
        (gateway.HostsFile, gateway.TargetsFile).ShouldBe((hosts, targets));
        (await beta.ReachesGatewayAsync()).ShouldBeTrue();
        (await beta.PingAsync(fleet: "beta")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("90s")]
    [InlineData("30m")]
    [InlineData("1h30m")]
    [InlineData("1h 30m")]
    [InlineData("2d")]
    public async Task A_prune_timeout_may_be_in_days_hours_minutes_and_seconds(string timeout)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await File.WriteAllTextAsync(gateway.ConfigFile, Gateway.Alpha.Replace("30m", timeout, StringComparison.Ordinal));

        (await gateway.RunAsync("check", "--config", gateway.ConfigFile)).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("''")]
    [InlineData("0m")]
    [InlineData("junk1mjunk")]
    [InlineData("30m1h")]
    [InlineData("-5m")]
    [InlineData("1.5h")]
    public async Task Any_other_prune_timeout_is_an_error_with_its_line(string timeout)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();

        var run = await gateway.RefuseAsync(Gateway.Alpha.Replace("30m", timeout, StringComparison.Ordinal));

        (run.ExitCode, run.Output).ShouldBe((78, ""));
        run.Error.ShouldMatch($@"\A{gateway.ConfigFile}:2: prune_timeout: [^\n]+\n\z");
    }

    [Theory]
    [InlineData("\"2001:db8::1\"", "[2001:db8::1]:51820")]
    [InlineData("\"[2001:db8::1]\"", "[2001:db8::1]:51820")]
    [InlineData("gateway.example.net", "gateway.example.net:51820")]
    [InlineData("10.201.0.1", "10.201.0.1:51820")]
    public async Task An_external_ip_may_be_any_address_or_a_name(string externalIp, string endpoint)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha.Replace("10.201.0.1", externalIp, StringComparison.Ordinal));
        var client = await lan.AddClientAsync();
        await client.Machine.RunAsync("sh", "-c", "echo '10.201.0.1 gateway.example.net' > /run/hosts && mount --bind /run/hosts /etc/hosts");

        await client.JoinAsync(gateway);

        client.Registration.Endpoint.ShouldBe(endpoint);
        (await client.PingAsync()).Status.ShouldBe(200);
    }
}
