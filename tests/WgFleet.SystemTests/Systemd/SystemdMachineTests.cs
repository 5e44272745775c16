using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>The machines with systemd themselves, without the server.</summary>
[OnlyInAll("boots a real systemd")]
public sealed class SystemdMachineTests
{
    [Fact]
    public async Task A_machine_boots_and_boots_again_with_its_disk_and_without_its_run()
    {
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.BareAsync());
        (await machine.RunAsync("ps", "-o", "comm=", "1")).ShouldBe("systemd\n");
        await machine.ShellAsync("touch /root/kept /run/volatile; ip link add name left type dummy || ip tuntap add mode tun name left");

        await machine.RebootAsync();

        await machine.ShellAsync("test -e /root/kept; test ! -e /run/volatile; ! ip link show left");
    }

    [Fact]
    public async Task Two_machines_run_beside_each_other_and_nothing_of_them_is_left()
    {
        RunningProcess sleeper;
        await using (var first = await SystemdMachine.BootAsync(await DebianRoot.BareAsync(), "first"))
        await using (var second = await SystemdMachine.BootAsync(await DebianRoot.BareAsync(), "second"))
        {
            await first.WriteAsync("/etc/mine", "first");
            (await second.TryRunAsync("cat", "/etc/mine")).ExitCode.ShouldNotBe(0);
            sleeper = second.Start("sleep", "infinity");
            await second.RunAsync("systemd-run", "--unit=job", "sleep", "infinity");
        }

        (await sleeper.FinishedAsync()).ExitCode.ShouldBe(128 + Signals.Kill);
        await sleeper.DisposeAsync();
    }
}
