using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>The Debian package through its life: installed, upgraded, gone back from, removed, purged.</summary>
[OnlyInAll("builds packages and boots a real systemd")]
public sealed class PackageTests
{
    /// <summary>What the package was before its versions grew: an upgrade starts from there until there is a release.</summary>
    private const string PreviousSource = "654fe09";

    private const string Unit = "wg-fleet.service";

    [Fact]
    public async Task Lintian_accepts_the_package()
    {
        var package = await DebianPackage.CurrentAsync();

        var lintian = await RunningProcess.RunAsync(["lintian", "--allow-root", "--tag-display-limit", "0", "--fail-on", "error,warning,info", package.Path]);

        lintian.Output.ShouldBe("");
        lintian.ExitCode.ShouldBe(0, lintian.Error);
    }

    [Fact]
    public async Task A_build_is_newer_than_the_build_before_it_and_than_the_version_alone()
    {
        var first = await (await DebianPackage.CurrentAsync()).FieldAsync("Version");
        var second = await (await DebianPackage.BuildAsync("artifacts/systemd/built-again")).FieldAsync("Version");

        (await RunningProcess.RunAsync(["dpkg", "--compare-versions", second, "gt", first])).ExitCode.ShouldBe(0, $"{second} > {first}");
        (await RunningProcess.RunAsync(["dpkg", "--compare-versions", first, "gt", first.Split('+')[0]])).ExitCode.ShouldBe(0, first);
    }

    [Fact]
    public async Task A_new_machine_has_program_page_completion_and_directories_and_nothing_runs_until_it_is_configured()
    {
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());

        (await machine.PropertyAsync(Unit, "UnitFileState")).ShouldBe("disabled");
        (await machine.PropertyAsync(Unit, "ActiveState")).ShouldBe("inactive");
        await machine.ShellAsync("""
            test -d /etc/wg-fleet/hooks.d
            test -d /etc/wireguard
            test -d /run/wg-fleet/hosts.d
            man --warnings wg-fleet | grep -q 'hooks list'
            source /usr/share/bash-completion/completions/wg-fleet
            COMP_WORDS=(wg-fleet fle) COMP_CWORD=1
            _wg_fleet
            test "${COMPREPLY[*]}" = fleets
            grep -q '^#compdef wg-fleet' /usr/share/zsh/vendor-completions/_wg-fleet
            grep -q '^complete -c wg-fleet' /usr/share/fish/vendor_completions.d/wg-fleet.fish
            """);
        (await machine.RunAsync("dpkg-query", "--show", "--showformat", "${Conffiles}", "wg-fleet")).ShouldStartWith(" /etc/default/wg-fleet ");

        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha);
        await machine.RunAsync("systemctl", "enable", "--now", Unit);
        (await machine.RunAsync("systemctl", "is-active", Unit)).ShouldBe("active\n");
    }

    [Fact]
    public async Task Every_client_and_setting_survives_an_upgrade_and_a_downgrade()
    {
        var (before, now) = (await PreviousAsync(), await DebianPackage.CurrentAsync());
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.BareAsync());
        await InstallAsync(machine, before);
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha);
        await machine.RunAsync("systemctl", "enable", "--now", Unit);
        await UnitConfig.ReadyAsync(machine);
        await machine.ShellAsync("curl -sSf -X POST http://127.0.0.1:8000/fleet/alpha/register >/dev/null");
        var keys = await machine.RunAsync("wg", "show", "wg_alpha");

        foreach (var package in new[] { now, before, now })
        {
            var pid = await machine.PropertyAsync(Unit, "MainPID");

            await InstallAsync(machine, package);

            await UnitConfig.ReadyAsync(machine);
            (await machine.PropertyAsync(Unit, "MainPID")).ShouldNotBe(pid, "the new program runs");
            (await machine.PropertyAsync(Unit, "UnitFileState")).ShouldBe("enabled");
            (await machine.RunAsync("wg", "show", "wg_alpha")).ShouldBe(keys, "key, port and client stay");
            (await machine.ShellAsync("wg-fleet clients list | wc -l")).ShouldBe("2\n", "a heading and the client");
        }

        await machine.ShellAsync("echo WG_FLEET_OPTIONS=--log-level Debug >/etc/default/wg-fleet");
        await InstallAsync(machine, now);
        (await machine.RunAsync("cat", "/etc/default/wg-fleet")).ShouldContain("Debug", customMessage: "an operator's settings stay");
    }

    [Fact]
    public async Task Remove_keeps_clients_and_settings_and_purge_deletes_everything()
    {
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha);
        await machine.RunAsync("systemctl", "enable", "--now", Unit);
        await UnitConfig.ReadyAsync(machine);

        await machine.RunAsync("apt-get", "-qy", "remove", "wg-fleet");

        await machine.ShellAsync("test -s /var/lib/wg-fleet/clients.db; test -e /etc/wg-fleet.yaml; wg show wg_alpha >/dev/null; test ! -e /run/wg-fleet/admin.sock");
        (await machine.TryRunAsync("systemctl", "is-active", Unit)).Output.ShouldBe("inactive\n");

        await machine.RunAsync("apt-get", "-qy", "purge", "wg-fleet");

        await machine.ShellAsync("! ip link show wg_alpha 2>/dev/null");
        (await machine.ShellAsync("find / -xdev \\( -name '*wg-fleet*' -o -name '*wg_alpha*' -o -name '*wg_fleet*' \\) -not -path '/proc/*' -not -path '/sys/*' -not -path '/var/log/*'; find /run -name '*fleet*' -o -name prometheus_targets.json"))
            .ShouldBe("");
    }

    private static async Task InstallAsync(SystemdMachine machine, DebianPackage package)
    {
        var copy = $"/root/{Path.GetFileName(package.Path)}";
        File.Copy(package.Path, machine.Seen(copy), overwrite: true);
        await machine.RunAsync("apt-get", "-qy", "--allow-downgrades", "--reinstall", "install", copy);
    }

    private static async Task<DebianPackage> PreviousAsync()
    {
        const string Script = """
            set -euo pipefail
            target=artifacts/systemd/previous-$1
            if ! ls "$target"/*.deb >/dev/null 2>&1; then
                rm -rf "$target.source"
                mkdir -p "$target.source"
                # A shallow clone lacks the commit.
                git cat-file -e "$1^{commit}" 2>/dev/null || git fetch --quiet --unshallow
                git archive "$1" | tar -x -C "$target.source"
                "$target.source/packaging/build-deb" "$PWD/$target"
                rm -rf "$target.source"
            fi
            ls "$PWD/$target"/*.deb
            """;
        await using var build = RunningProcess.Start("env", "-C", Repository.Folder, "bash", "-c", Script, "previous", PreviousSource);
        return new DebianPackage((await build.FinishedAsync(TimeSpan.FromMinutes(45))).Succeeded("git archive").TrimEnd('\n').Split('\n')[^1]);
    }
}
