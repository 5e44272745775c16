using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>join.sh under a real systemd.</summary>
[OnlyInAll("boots a real systemd")]
public sealed class JoinTimerTests
{
    private const string Service = "wg-fleet-join@alpha.service";
    private const string Timer = "wg-fleet-join@alpha.timer";

    [Fact]
    public async Task A_joined_machine_logs_nothing_and_a_machine_that_left_does_not_join_again()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.BareAsync(), "machine");
        await lan.PlugInAsync(machine);

        var installed = await machine.TryRunAsync("sh", "-c", $"curl -sSf {gateway.Url}/fleet/alpha/join.sh | sh -s -- --install --hostname excavator --interval 1");

        installed.ExitCode.ShouldBe(0, installed.Error);
        installed.Error.ShouldContain("in the fleet at http://10.201.0.1:8000 as excavator.alpha.example.net");
        await RoundsAsync(machine, 3);
        (await machine.JournalAsync(Service)).ShouldBeOneOf("", "-- No entries --\n");
        (await machine.RunAsync("wg-fleet-join", "--status")).ShouldContain("\nIn:        yes\n");

        await machine.RunAsync("wg-fleet-join", "--leave");
        (await machine.PropertyAsync(Timer, "ActiveState")).ShouldBe("inactive");
        (await machine.PropertyAsync(Timer, "UnitFileState")).ShouldBe("disabled");
        await Deadline.UntilAsync("the peer is gone", async () => (await gateway.PeersAsync()).Count == 0);
    }

    [Fact]
    public async Task A_fleet_without_a_timer_is_left_although_another_fleet_has_one()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.BareAsync(), "machine");
        await lan.PlugInAsync(machine);
        await machine.WriteAsync("/etc/systemd/system/wg-fleet-join@.service", "[Service]\nExecStart=/bin/true\n");
        await machine.RunAsync("systemctl", "daemon-reload");
        await machine.RunAsync("curl", "-sSf", "-o", "/root/join.sh", $"{gateway.Url}/fleet/alpha/join.sh");
        await machine.RunAsync("sh", "/root/join.sh");
        (await gateway.PeersAsync()).Count.ShouldBe(1);

        (await machine.TryRunAsync("sh", "/root/join.sh", "--leave")).Error.ShouldBe("wg-fleet-join: alpha: left the fleet\n");

        await Deadline.UntilAsync("the peer is gone", async () => (await gateway.PeersAsync()).Count == 0);
    }

    [Fact]
    public async Task The_journal_says_why_a_machine_cannot_join_and_an_installed_machine_joins_when_it_boots()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.BareAsync(), "machine");
        await lan.PlugInAsync(machine);
        await gateway.StartAsync();
        await machine.RunAsync("curl", "-sSf", "-o", "/root/join.sh", $"{gateway.Url}/fleet/alpha/join.sh");
        await gateway.Server.StopAsync();

        (await machine.TryRunAsync("sh", "/root/join.sh", "--install", "--hostname", "excavator", "--interval", "1")).ExitCode.ShouldBe(1);
        await JournalSaysAsync(machine, "http://10.201.0.1:8000 does not answer");

        await machine.RebootAsync();
        await lan.PlugInAsync(machine);
        await gateway.StartAsync();
        await Deadline.UntilAsync("the machine has its name", () => gateway.HostsFile.Contains(" excavator.alpha.example.net\n", StringComparison.Ordinal));
        await JournalSaysAsync(machine, "in the fleet at http://10.201.0.1:8000 as excavator.alpha.example.net");
    }

    /// <summary>Waits until the journal of the join service has the text: the script writes it after the server has answered.</summary>
    private static Task JournalSaysAsync(SystemdMachine machine, string text) =>
        Deadline.UntilAsync($"the journal says '{text}'", async () => (await machine.JournalAsync(Service)).Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until the timer has run this many rounds more.</summary>
    private static async Task RoundsAsync(SystemdMachine machine, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            var before = await machine.PropertyAsync(Service, "InactiveEnterTimestampMonotonic");
            await Deadline.UntilAsync("the timer has run a round", async () => await machine.PropertyAsync(Service, "InactiveEnterTimestampMonotonic") != before);
        }
    }
}
