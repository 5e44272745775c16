using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>What systemctl, and units that are ordered after ours, can rely on.</summary>
[OnlyInAll("boots a real systemd")]
public sealed class UnitTests
{
    private const string Unit = "wg-fleet.service";

    [Fact]
    public async Task Start_restart_and_enable_fail_with_a_wrong_configuration_and_systemd_does_not_retry()
    {
        await using var machine = await BootAsync(UnitConfig.Wrong);

        foreach (var verb in new[] { "start", "restart", "enable --now" })
            (await machine.TryRunAsync(["systemctl", .. verb.Split(' '), Unit])).ExitCode.ShouldNotBe(0, verb);

        (await machine.PropertyAsync(Unit, "ActiveState")).ShouldBe("failed");
        (await machine.PropertyAsync(Unit, "NRestarts")).ShouldBe("0");
        (await machine.RunAsync("journalctl", "--no-pager", "--output=cat", "--priority=err", "--unit", Unit)).ShouldContain("prune_timeout");
    }

    [Fact]
    public async Task Start_and_restart_return_when_the_server_is_ready_and_units_ordered_after_it_find_its_files()
    {
        await using var machine = await BootAsync(UnitConfig.Alpha);
        await machine.WriteAsync("/etc/systemd/system/reader.service", $"""
            [Unit]
            Requires={Unit}
            After={Unit}
            [Service]
            Type=oneshot
            RemainAfterExit=yes
            ExecStart=/usr/bin/cat /run/wg_fleet_hosts /run/prometheus_targets.json
            ExecStart=/usr/bin/wg-fleet fleets
            [Install]
            WantedBy=multi-user.target

            """);
        await machine.RunAsync("systemctl", "daemon-reload");

        await machine.RunAsync("systemctl", "start", "reader.service");
        await machine.ShellAsync($"systemctl restart {Unit}; wg-fleet fleets");
        await machine.RunAsync("systemctl", "enable", Unit, "reader.service");
        await machine.RebootAsync();

        (await machine.RunAsync("systemctl", "is-active", Unit, "reader.service")).ShouldBe("active\nactive\n");
        (await machine.PropertyAsync(Unit, "StatusText")).ShouldContain("1 fleet");
    }

    [Fact]
    public async Task Reload_returns_when_the_new_configuration_is_in_force_and_fails_when_it_was_refused()
    {
        await using var machine = await BootAsync(UnitConfig.Alpha);

        // Minimal systems have no kill.
        await machine.ShellAsync($"rm -f /bin/kill; systemctl start {Unit}");
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha + UnitConfig.Beta);
        await machine.ShellAsync($"systemctl reload {Unit}; wg-fleet fleets | grep beta");
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Wrong);

        (await machine.TryRunAsync("systemctl", "reload", Unit)).ExitCode.ShouldNotBe(0);

        var told = await machine.TryRunAsync("wg-fleet", "reload");
        told.ExitCode.ShouldBe(1);
        told.Error.ShouldContain("prune_timeout");
        (await machine.RunAsync("systemctl", "is-active", Unit)).ShouldBe("active\n");
        await machine.ShellAsync("wg-fleet fleets | grep beta");
    }

    [Theory]
    [InlineData("database: /home/fleet/clients.db", "database directory /home/fleet does not exist")]
    [InlineData("database: /etc/fleet/clients.db", "database lock /etc/fleet/clients.db.lock cannot be made: Read-only file system")]
    [InlineData("tls: {listen: '0.0.0.0:443', certificate: /root/cert.pem, key: /root/key.pem}", "tls: /root/cert.pem and /root/key.pem cannot be used: ")]
    public async Task Check_refuses_in_the_words_of_a_start_what_the_unit_does_not_see_or_may_not_write(string line, string words)
    {
        await using var machine = await BootAsync(UnitConfig.Alpha + line + "\n");
        await machine.ShellAsync("mkdir /home/fleet /etc/fleet; touch /root/cert.pem /root/key.pem");

        var check = await machine.TryRunAsync("wg-fleet", "check");

        (await machine.TryRunAsync("systemctl", "start", Unit)).ExitCode.ShouldNotBe(0);
        (await machine.JournalAsync(Unit)).ShouldContain(words);
        check.ExitCode.ShouldBe(78, check.Output + check.Error);
        check.Error.ShouldContain(words);
        check.Error.ShouldContain("ProtectHome=");
        (await machine.ShellAsync("ls -A /home/fleet /etc/fleet")).ShouldBe("/etc/fleet:\n\n/home/fleet:\n");
    }

    [Theory]
    [InlineData("/etc/fleet")]
    [InlineData("/usr/fleet")]
    public async Task Check_refuses_a_file_that_the_unit_could_never_write_in_the_words_of_the_attempt(string folder)
    {
        await using var machine = await BootAsync(UnitConfig.Alpha + $"hosts_file: {folder}/hosts\n");
        await machine.ShellAsync($"mkdir {folder}");
        var words = $"cannot replace {folder}/hosts: Read-only file system";

        var check = await machine.TryRunAsync("wg-fleet", "check");

        await machine.RunAsync("systemctl", "start", Unit);
        await Deadline.UntilAsync("the server has tried", async () => (await machine.JournalAsync(Unit)).Contains(words, StringComparison.Ordinal));
        check.ExitCode.ShouldBe(78, check.Output + check.Error);
        check.Error.ShouldContain(words);
    }

    [Fact]
    public async Task Check_is_content_with_what_the_unit_may_write_and_leaves_no_unit_behind()
    {
        await using var machine = await BootAsync(UnitConfig.Alpha + "hosts_file: /srv/names/hosts\n");
        await machine.ShellAsync("mkdir /srv/names");

        (await machine.RunAsync("wg-fleet", "check")).ShouldContain("nothing wrong");

        (await machine.RunAsync("systemctl", "list-units", "--all", "--no-legend", "run-*.service")).ShouldBe("");
        (await machine.ShellAsync("ls -A /srv/names; ls -d /var/lib/wg-fleet 2>/dev/null || echo none")).ShouldBe("none\n");
    }

    [Fact]
    public async Task Many_restarts_and_crashes_in_a_few_seconds_do_not_keep_the_server_down()
    {
        await using var machine = await BootAsync(UnitConfig.Alpha);

        await machine.ShellAsync($"for n in 1 2 3 4 5 6 7; do systemctl restart {Unit}; done; systemctl kill --signal=KILL --kill-whom=main {Unit}");

        await Deadline.UntilAsync("it was started again", async () =>
            await machine.PropertyAsync(Unit, "NRestarts") == "1" && await machine.PropertyAsync(Unit, "ActiveState") == "active");
    }

    [Fact]
    public async Task A_server_that_hangs_is_restarted_by_the_watchdog()
    {
        await using var machine = await BootAsync(UnitConfig.Alpha);
        await machine.WriteAsync($"/etc/systemd/system/{Unit}.d/watchdog.conf", "[Service]\nWatchdogSec=3s\n");
        await machine.ShellAsync($"systemctl daemon-reload; systemctl start {Unit}");
        var pid = await machine.PropertyAsync(Unit, "MainPID");

        await machine.RunAsync("bash", "-c", $"kill -STOP {pid}");

        await Deadline.UntilAsync("it was started again and serves", async () =>
            await machine.PropertyAsync(Unit, "NRestarts") == "1" && await machine.PropertyAsync(Unit, "ActiveState") == "active");
        (await machine.PropertyAsync(Unit, "MainPID")).ShouldNotBe(pid);
    }

    [Fact]
    public async Task SIGHUP_does_not_end_the_program_from_its_first_instruction_on()
    {
        await using var machine = await BootAsync(UnitConfig.Alpha);

        await machine.ShellAsync($$"""
            systemctl start --no-block {{Unit}}
            while pid=$(systemctl show --property MainPID --value {{Unit}}); [ "$pid" = 0 ]; do :; done
            while [ "$(cat /proc/$pid/comm)" != wg-fleet ]; do :; done
            while [ "$(systemctl show --property ActiveState --value {{Unit}})" = activating ]; do kill -HUP "$pid"; done
            test "$(systemctl show --property MainPID --value {{Unit}})" = "$pid"
            wg-fleet reload
            """);

        (await machine.PropertyAsync(Unit, "NRestarts")).ShouldBe("0");
    }

    [Fact]
    public async Task The_journal_has_one_line_when_the_server_is_ready_and_one_when_it_has_stopped()
    {
        await using var machine = await BootAsync(UnitConfig.Alpha);

        await machine.ShellAsync($"systemctl start {Unit}; systemctl stop {Unit}");

        var journal = (await machine.JournalAsync(Unit)).Split('\n');
        var ready = journal.Where(l => l.Contains("is ready", StringComparison.Ordinal)).ShouldHaveSingleItem();
        ready.ShouldContain("wg-fleet 0.");
        ready.ShouldContain("0.0.0.0:8000");
        ready.ShouldContain("1 fleet");
        ready.ShouldContain("0 clients");
        journal.Where(l => l.Contains("has stopped", StringComparison.Ordinal)).ShouldHaveSingleItem();
        (await machine.PropertyAsync(Unit, "Result")).ShouldBe("success");
    }

    private static async Task<SystemdMachine> BootAsync(string config)
    {
        var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());
        await machine.WriteAsync("/etc/wg-fleet.yaml", config);
        return machine;
    }
}
