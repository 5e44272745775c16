using System.Text.RegularExpressions;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>A machine on which the Python server runs by a unit of its own, named as ours is.</summary>
[OnlyInAll("boots a real systemd")]
public sealed partial class PythonUnitTests
{
    private const string Unit = "wg-fleet.service";

    // What counts is that it is not ours; Python itself would add nothing.
    private const string PythonUnit = """
        [Service]
        ExecStart=/usr/bin/sleep infinity
        [Install]
        WantedBy=multi-user.target

        """;

    [Fact]
    public async Task Installing_removing_and_purging_do_not_change_the_Python_servers_unit_and_data()
    {
        await using var machine = await MachineAsync();
        var pid = await machine.PropertyAsync(Unit, "MainPID");

        (await InstallAsync(machine)).ShouldContain("upgrading.md");
        (await machine.PropertyAsync(Unit, "MainPID")).ShouldBe(pid);
        await machine.RunAsync("apt-get", "-qy", "--reinstall", "install", "/root/wg-fleet.deb");
        (await machine.PropertyAsync(Unit, "MainPID")).ShouldBe(pid, "a new version of the package does not restart it");
        await machine.RunAsync("apt-get", "-qy", "purge", "wg-fleet");

        (await machine.PropertyAsync(Unit, "MainPID")).ShouldBe(pid);
        (await machine.PropertyAsync(Unit, "UnitFileState")).ShouldBe("enabled");
        await machine.ShellAsync("test -e /etc/wg-fleet.yaml; test -e /var/lib/wg-fleet/clients.db; test -e /etc/wireguard/wg_alpha.conf");
    }

    [Fact]
    public async Task The_commands_on_the_upgrading_page_move_to_this_server_and_back()
    {
        await using var machine = await MachineAsync();
        await machine.ShellAsync("rm /var/lib/wg-fleet/clients.db /etc/wireguard/wg_alpha.conf");
        await InstallAsync(machine);
        var page = File.ReadAllText(Repository.PathOf("docs/upgrading.md"));
        var blocks = Block().Matches(page.Split("## From the Python server")[1]).Select(b => Regex.Replace(b.Groups[1].Value, "^    ", "", RegexOptions.Multiline)).ToList();

        blocks.Count.ShouldBe(3, "look first, move, move back");
        await machine.ShellAsync(blocks[0]);
        await machine.ShellAsync(blocks[1]);

        (await machine.PropertyAsync(Unit, "FragmentPath")).ShouldEndWith("/lib/systemd/system/wg-fleet.service");
        (await machine.PropertyAsync(Unit, "ActiveState")).ShouldBe("active");
        (await machine.PropertyAsync(Unit, "UnitFileState")).ShouldBe("enabled");
        await UnitConfig.ReadyAsync(machine);

        await machine.ShellAsync(blocks[2]);

        (await machine.PropertyAsync(Unit, "ExecStart")).ShouldContain("sleep infinity");
        (await machine.PropertyAsync(Unit, "ActiveState")).ShouldBe("active");
    }

    private static async Task<SystemdMachine> MachineAsync()
    {
        var machine = await SystemdMachine.BootAsync(await DebianRoot.BareAsync());
        await machine.WriteAsync($"/etc/systemd/system/{Unit}", PythonUnit);
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha);
        await machine.WriteAsync("/var/lib/wg-fleet/clients.db", "");
        await machine.WriteAsync("/etc/wireguard/wg_alpha.conf", "");
        await machine.RunAsync("systemctl", "daemon-reload");
        await machine.RunAsync("systemctl", "enable", "--now", Unit);
        return machine;
    }

    private static async Task<string> InstallAsync(SystemdMachine machine)
    {
        File.Copy((await DebianPackage.CurrentAsync()).Path, machine.Seen("/root/wg-fleet.deb"));
        return await machine.RunAsync("apt-get", "-qy", "install", "/root/wg-fleet.deb");
    }

    [GeneratedRegex(@"\n\n((?:    .*\n)+)")]
    private static partial Regex Block();
}
