using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests;

/// <summary>The harness itself, without the server.</summary>
public class HarnessTests
{
    [Fact]
    public async Task Machines_reach_each_other_and_a_reboot_keeps_the_disk_only()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var client = await lan.AddClientAsync();
        await client.Machine.RunAsync("ping", "-c", "1", "-w", "20", $"{gateway.Address}");
        await gateway.Machine.RunAsync("sh", "-c", "touch /run/volatile /etc/wireguard/kept");

        await gateway.RebootAsync();

        await client.Machine.RunAsync("ping", "-c", "1", "-w", "20", $"{gateway.Address}");
        (await gateway.Machine.RunAsync("sh", "-c", "ls /etc/wireguard; test ! -e /run/volatile")).ShouldBe("kept\n");
    }

    [Fact]
    public async Task Nothing_of_a_machine_is_left_when_its_power_is_cut()
    {
        await using var lan = await Lan.CreateAsync();
        var client = await lan.AddClientAsync();
        var sleeper = client.Machine.Start("sleep", "infinity");
        await client.Machine.RunAsync("sh", "-c", "wireguard-go left && wg show left");

        await lan.PowerOffAsync(client.Machine);

        (await sleeper.FinishedAsync()).ExitCode.ShouldBe(128 + Signals.Kill);
        File.Exists("/run/wireguard/left.sock").ShouldBeFalse();
    }
}
