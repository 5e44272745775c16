using System.Diagnostics;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>Two fleets on one gateway have nothing of each other.</summary>
public class TwoFleetsTests
{
    private const string Two = Gateway.Alpha + """
          beta: {ip6: "fd00:b::1", subnet: "fd00:b::/64", external_ip: 10.201.0.1, port: 51821}

        """;

    [Fact]
    public async Task Each_fleet_has_its_own_names_and_the_files_have_both_fleets_in_the_order_of_registration()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Two);
        var (beta, alpha) = (await lan.AddClientAsync(), await lan.AddClientAsync());
        await beta.JoinAsync(gateway, "beta");
        await alpha.JoinAsync(gateway);

        (await alpha.PingAsync("same")).Status.ShouldBe(200);
        (await beta.PingAsync("same", "beta")).Status.ShouldBe(200);

        gateway.HostsFile.ShouldBe($"{beta.Registration.Address} same.beta.example.net\n{alpha.Registration.Address} same.alpha.example.net\n");
        gateway.TargetsFile.ShouldMatch("(?s)\"fleet\": \"beta\".*\"fleet\": \"alpha\"");
        (await gateway.PeersAsync("wg_beta")).Values.ShouldBe([$"{beta.Registration.Address}/128"]);
        (await gateway.PeersAsync()).Values.ShouldBe([$"{alpha.Registration.Address}/128"]);
        beta.Registration.ServerKey.ShouldNotBe(alpha.Registration.ServerKey);
    }

    [Fact]
    public async Task A_client_of_one_fleet_is_not_a_client_of_the_other()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Two);
        var alpha = await lan.AddClientAsync();
        await alpha.JoinAsync(gateway);

        (await alpha.PingAsync(fleet: "beta")).ShouldBe(
            new Answer(403, $$"""{"detail":"IP not in fleet subnet: {{alpha.Registration.Address}}"}""", "application/json"));
        (await alpha.Machine.TryRunAsync("ping", "-6", "-c", "1", "-W", "1", "fd00:b::1")).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task A_fleet_without_its_interface_does_not_delay_another()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Two);
        await gateway.Machine.RunAsync("mount", "--bind", "/bin/false", "/usr/bin/wireguard-go");
        await gateway.Machine.RunAsync("ip", "link", "del", "wg_beta");

        (await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9")).Status.ShouldBe(500);

        for (var i = 0; i < 10; i++)
            await gateway.RegisterAsync();
        (await gateway.PeersAsync()).Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_fleet_whose_WireGuard_hangs_delays_no_other_fleet_and_its_new_clients_are_removed()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Two);
        await gateway.RegisterAsync("beta");
        await gateway.Machine.RunAsync("sh", "-c", "pkill -STOP -x -f 'wireguard-go wg_beta'");

        // All the time that the registrations at alpha take, some at beta wait, or are refused.
        var hung = Task.Run(async () =>
        {
            var answers = new List<Answer>();
            for (var i = 0; i < 5; i++)
                answers.Add(await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9"));

            return answers;
        });
        var times = new List<TimeSpan>();
        for (var i = 0; i < 200; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await gateway.RegisterAsync();
            times.Add(Stopwatch.GetElapsedTime(began));
        }

        times.Order().ElementAt(197).ShouldBeLessThan(TimeSpan.FromSeconds(0.8));
        (await hung).ShouldAllBe(answer => answer == new Answer(500, """{"detail":"Internal server error"}""", "application/json"));
        await Deadline.UntilAsync("beta is down", async () =>
            (await gateway.Machine.SendAsync(HttpMethod.Get, "http://127.0.0.1:8000/readyz")).Body.Contains("fleet beta is down: wg_beta", StringComparison.Ordinal));
        (await gateway.SqlAsync("SELECT count(*) FROM clients WHERE fleet_id = 'beta'")).ShouldBe("1");
        (await gateway.SqlAsync("SELECT json_extract(data, '$.reason') FROM events WHERE type = 'client.removed' GROUP BY 1")).ShouldBe("tunnel");

        await gateway.Machine.RunAsync("sh", "-c", "pkill -CONT -x -f 'wireguard-go wg_beta'");
        await Deadline.UntilAsync(
            "beta takes registrations again", async () => (await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9")).Status == 200);

        // What was said to it while it did not listen, it does late: the next look at the interface puts that right.
        await Deadline.UntilAsync("beta's peers are its clients", async () =>
            (await gateway.PeersAsync("wg_beta")).Values.Order().SequenceEqual(
                (await gateway.SqlAsync("SELECT assigned_ip || '/128' FROM clients WHERE fleet_id = 'beta'")).Split('\n').Order()));
    }
}
