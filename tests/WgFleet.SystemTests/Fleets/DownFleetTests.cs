using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>A fleet that cannot come up is down alone: the others serve their clients, and it comes up when it can.</summary>
public class DownFleetTests
{
    private const string Two = Gateway.Alpha + """
          beta: {ip6: "fd00:b::1", subnet: "fd00:b::/64", external_ip: 10.201.0.1, port: 51821}

        """;

    // Holds beta's port until its input ends.
    private const string Thief = "import socket,sys\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\ns.bind(('0.0.0.0',51821))\nprint('bound',flush=True)\nsys.stdin.read()";

    [Fact]
    public async Task A_fleet_whose_port_is_taken_at_the_start_is_down_alone_and_comes_up_when_the_port_is_free()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await using var thief = gateway.Machine.Start("python3", "-c", Thief);
        await Deadline.UntilAsync("the port is taken", () => thief.Output.Contains("bound", StringComparison.Ordinal));

        gateway.Launch(Two);
        await Deadline.UntilAsync("it answers", async () => (await AskAsync(gateway, "/healthz")).Status == 200);

        var ready = await AskAsync(gateway, "/readyz");
        ready.Status.ShouldBe(503);
        ready.Body.ShouldContain("fleet beta is down: UDP port 51821 is in use by another program");
        await gateway.Server.LogsAsync("Fleet beta is down and will be tried again: UDP port 51821 is in use");
        (await AskAsync(gateway, "/api/v1/fleets")).Body.ShouldMatch("\"name\":\"alpha\".*\"state\":\"up\".*\"name\":\"beta\".*\"state\":\"down\".*\"reason\":\"UDP port 51821 is in use");
        (await gateway.RunAsync("fleets", "--config", gateway.ConfigFile)).Output.ShouldMatch("(?m)^beta +down .*UDP port 51821 is in use");
        (await AskAsync(gateway, "/metrics")).Body.ShouldContain("""wgfleet_fleet_state{fleet="beta",state="down"} 1""");
        var unhealthy = await gateway.RunAsync("health", "--config", gateway.ConfigFile);
        unhealthy.ExitCode.ShouldBe(1);
        unhealthy.Error.ShouldStartWith("wg-fleet: fleet beta is down: UDP port 51821 is in use by another program");

        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("works")).Status.ShouldBe(200);
        (await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9")).Status.ShouldBe(500);

        thief.Input.Close();
        await gateway.Server.ReadyAsync();
        (await gateway.RunAsync("health", "--config", gateway.ConfigFile)).ShouldSatisfyAllConditions(h => h.ExitCode.ShouldBe(0, h.Error), h => h.Output.ShouldBe("ready\n"));
        (await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9")).Status.ShouldBe(200);
        (await AskAsync(gateway, "/metrics")).Body.ShouldContain("""wgfleet_fleet_state{fleet="beta",state="up"} 1""");
    }

    private static Task<Answer> AskAsync(Gateway gateway, string path) => gateway.Machine.SendAsync(HttpMethod.Get, $"http://127.0.0.1:8000{path}");
}
