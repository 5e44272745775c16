using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>A machine that leaves with join.sh: the server hears of it, and nothing of the machine brings it back.</summary>
public class JoinLeaveTests
{
    [Fact]
    public async Task The_server_removes_the_machine_that_leaves()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();

        (await machine.JoinAsync("--leave")).ShouldBe("wg-fleet-join: alpha: left the fleet\n");

        await Deadline.UntilAsync("the peer is gone", async () => (await gateway.PeersAsync()).Count == 0);
        await Deadline.UntilAsync("the name is gone", () => gateway.HostsFile == "\n");
        (await gateway.SqlAsync("SELECT data FROM events WHERE type = 'client.removed'")).ShouldContain("\"reason\":\"left\"");
        (await gateway.RunAsync("clients", "list", "--removed", "--config", gateway.ConfigFile)).Output.ShouldContain("left by itself");
        (await machine.RunAsync("wg", "show", "interfaces")).Trim().ShouldBeEmpty();
        (await machine.TryRunAsync("ls", "/etc/wireguard/fl_alpha.conf", "/etc/wireguard/wg-fleet-join/alpha")).Output.ShouldBeEmpty();

        // A machine that joins again is a new client.
        await machine.JoinAsync();
        (await gateway.PeersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_machine_leaves_although_the_server_cannot_be_told()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();
        await gateway.Server.StopAsync();

        var finished = await machine.TryJoinAsync("--leave");

        finished.ExitCode.ShouldBe(0);
        finished.Error.ShouldContain("the server could not be told");
        (await machine.RunAsync("wg", "show", "interfaces")).Trim().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_loop_ends_when_the_machine_leaves()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await using var loop = machine.Start("env", "WG_FLEET_INTERVAL=2", "dash", "/var/lib/join.sh", "--loop");
        await Deadline.UntilAsync("the machine is in", () => loop.Error.Contains("in the fleet at", StringComparison.Ordinal));

        await machine.JoinAsync("--leave");

        (await loop.FinishedAsync()).Error.ShouldEndWith("the machine has left the fleet, so the loop ends\n");
        await Deadline.UntilAsync("the peer is gone", async () => (await gateway.PeersAsync()).Count == 0);
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("busybox sh")]
    public async Task A_round_that_waited_for_the_one_that_leaves_does_not_join_again(string shell)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();

        // The curl of the run that leaves waits for the test, and the flock of the loop says when it has not got the lock.
        await machine.RunAsync("sh", "-ec", """
            mkdir /var/lib/leaving /var/lib/looping
            mkfifo /var/lib/go
            printf '#!/bin/sh\ntouch /var/lib/leaves\nread line </var/lib/go\nexec /usr/bin/curl "$@"\n' >/var/lib/leaving/curl
            printf '#!/bin/sh\n/usr/bin/flock "$@" && exit\ntouch /var/lib/waits\nexit 1\n' >/var/lib/looping/flock
            chmod +x /var/lib/leaving/curl /var/lib/looping/flock
            """);
        await using var leave = machine.Start("sh", "-c", $"exec env PATH=/var/lib/leaving:$PATH {shell} /var/lib/join.sh --leave");
        await Deadline.UntilAsync("the machine leaves", () => File.Exists(machine.Seen("/var/lib/leaves")));
        await using var loop = machine.Start("sh", "-c", $"exec env PATH=/var/lib/looping:$PATH {shell} /var/lib/join.sh --loop");
        await Deadline.UntilAsync("the loop waits", () => File.Exists(machine.Seen("/var/lib/waits")));

        await machine.RunAsync("sh", "-c", "echo >/var/lib/go");

        (await leave.FinishedAsync()).ShouldBe(new Finished(0, "", "wg-fleet-join: alpha: left the fleet\n"));
        (await loop.FinishedAsync()).ShouldBe(new Finished(1, "", """
            wg-fleet-join: alpha: the machine has left the fleet while this run waited
            wg-fleet-join: alpha: the machine has left the fleet, so the loop ends

            """));
        await Deadline.UntilAsync("the peer is gone", async () => (await gateway.PeersAsync()).Count == 0);
        (await machine.TryRunAsync("ls", "/etc/wireguard/fl_alpha.conf", "/etc/wireguard/wg-fleet-join/alpha")).Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_whose_interface_was_changed_since_it_joined_leaves_with_the_tunnel_that_it_has()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();

        (await machine.JoinAsync("--leave", "--interface", "other")).ShouldBe("wg-fleet-join: alpha: left the fleet\n");

        await Deadline.UntilAsync("the peer is gone", async () => (await gateway.PeersAsync()).Count == 0);
        (await machine.RunAsync("wg", "show", "interfaces")).Trim().ShouldBeEmpty();
        (await machine.TryRunAsync("ls", "/etc/wireguard/fl_alpha.conf")).Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_machine_itself_can_make_it_leave()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();

        var outside = await machine.SendAsync(HttpMethod.Post, $"{gateway.Url}/fleet/alpha/leave");
        outside.ShouldBe(new Answer(403, """{"detail":"Invalid IP address"}""", "application/json"));
        (await machine.SendAsync(HttpMethod.Post, $"{gateway.Url}/fleet/nosuch/leave")).Status.ShouldBe(404);
        (await gateway.ForwardAsync("/fleet/alpha/leave", "fd00:a0a8:34d:a0::77")).Body.ShouldBe("""{"detail":"Client not registered"}""");
        (await gateway.PeersAsync()).Count.ShouldBe(1);
    }
}
