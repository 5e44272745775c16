using System.Text.RegularExpressions;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>The units and commands of "Backups" in docs/operations.md.</summary>
[OnlyInAll("boots a real systemd")]
public sealed partial class BackupTimerTests
{
    private const string Unit = "wg-fleet.service";

    [Fact]
    public async Task The_documented_timer_makes_a_backup_that_the_documented_commands_restore()
    {
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha);
        var page = (await File.ReadAllTextAsync(Repository.PathOf("docs/operations.md"))).Split("\n## Backups\n")[1].Split("\n## ")[0];
        var blocks = Block().Matches(page).Select(b => Regex.Replace(b.Groups[1].Value, "^    ", "", RegexOptions.Multiline)).ToList();
        await machine.WriteAsync("/etc/systemd/system/wg-fleet-backup.service", blocks.Single(b => b.StartsWith("[Service]", StringComparison.Ordinal)));
        await machine.WriteAsync("/etc/systemd/system/wg-fleet-backup.timer", blocks.Single(b => b.StartsWith("[Timer]", StringComparison.Ordinal)));
        await machine.ShellAsync($"""
            mkdir -p /var/backups
            systemctl daemon-reload
            systemctl start {Unit}
            systemctl enable --now wg-fleet-backup.timer
            curl -sSf -X POST http://127.0.0.1:8000/fleet/alpha/register
            systemctl start wg-fleet-backup.service
            """);
        (await machine.PropertyAsync("wg-fleet-backup.timer", "ActiveState")).ShouldBe("active");
        var backup = (await machine.RunAsync("sh", "-c", "ls /var/backups/wg-fleet-*.tar")).Trim();
        var key = await machine.RunAsync("cat", "/etc/wireguard/wg_alpha.conf");

        // The machine is lost, but for its packages.
        await machine.ShellAsync($"systemctl stop {Unit}; ip link delete wg_alpha; rm -r /var/lib/wg-fleet /etc/wireguard /etc/wg-fleet.yaml");
        await machine.ShellAsync(blocks.Single(b => b.Contains("wg-fleet restore /var/backups/", StringComparison.Ordinal)).Replace("/var/backups/wg-fleet-6.tar", backup, StringComparison.Ordinal));

        (await machine.RunAsync("cat", "/etc/wireguard/wg_alpha.conf")).ShouldBe(key);
        (await machine.RunAsync("wg-fleet", "clients", "list")).ShouldContain("alpha");
        (await machine.RunAsync("curl", "-sSf", "http://127.0.0.1:8000/readyz")).ShouldContain("ok");
    }

    [GeneratedRegex(@"\n\n((?:    .*\n)+)")]
    private static partial Regex Block();
}
