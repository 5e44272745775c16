using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>What operators do on a gateway that the unit must not forbid, and the way out for what it does forbid.</summary>
[OnlyInAll("boots a real systemd")]
public sealed class SandboxTests
{
    private const string Unit = "wg-fleet.service";

    private static readonly string[] Others = ["/etc/ansible/fleet.yaml", "/etc/ssh/ssh_config.d/fleet.conf", "/srv/export/alpha.csv"];

    [Fact]
    public async Task Ports_80_and_443_can_be_listened_on()
    {
        await using var machine = await BootAsync();
        await machine.ShellAsync("""
            mkdir -p /etc/wg-fleet/tls
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
                -keyout /etc/wg-fleet/tls/key.pem -out /etc/wg-fleet/tls/cert.pem 2>/dev/null
            """);
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha + """
            listen: ["0.0.0.0:80", "[::]:80"]
            tls: {certificate: /etc/wg-fleet/tls/cert.pem, key: /etc/wg-fleet/tls/key.pem, listen: ["0.0.0.0:443"]}

            """);

        await machine.RunAsync("systemctl", "start", Unit);

        await machine.ShellAsync("curl -sSf http://127.0.0.1/readyz; curl -sSf --cacert /etc/wg-fleet/tls/cert.pem --resolve localhost:443:127.0.0.1 https://localhost/readyz");
    }

    [Fact]
    public async Task A_PostUp_with_sysctl_and_a_firewall_works_at_every_boot()
    {
        await using var machine = await BootAsync();
        await machine.ShellAsync($"""
            systemctl enable --now {Unit}
            echo 'PostUp = sysctl -w net.ipv4.ip_forward=1 && iptables -A FORWARD -i %i -j ACCEPT && nft add table inet operator' >>/etc/wireguard/wg_alpha.conf
            """);

        await machine.RebootAsync();

        (await machine.RunAsync("systemctl", "is-active", Unit)).ShouldBe("active\n");
        (await machine.RunAsync("cat", "/proc/sys/net/ipv4/ip_forward")).ShouldBe("1\n");
        await machine.ShellAsync("iptables -C FORWARD -i wg_alpha -j ACCEPT; nft list table inet operator");
    }

    [Fact]
    public async Task A_hook_as_root_can_change_owners_and_ping_and_its_crash_does_not_end_the_server()
    {
        await using var machine = await BootAsync();
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha + """
            hooks:
              list:
                - {name: root, exec: {command: /etc/wg-fleet/root, user: root}, start: now}
                - {name: greedy, exec: {command: /etc/wg-fleet/greedy, user: root}, max_attempts: 1}

            """);
        await machine.WriteAsync("/etc/wg-fleet/root", "#!/bin/sh\nset -e\necho x >/srv/out.new\nchown nobody /srv/out.new\nping -c 1 -w 5 127.0.0.1\nmv /srv/out.new /srv/out\n", Executable);
        await machine.WriteAsync("/etc/wg-fleet/greedy", "#!/bin/sh\nkill -KILL $$\n", Executable);
        await machine.RunAsync("systemctl", "start", Unit);
        var pid = await machine.PropertyAsync(Unit, "MainPID");

        await Deadline.UntilAsync("the hook has run", () => File.Exists(machine.Seen("/srv/out")));
        await Deadline.UntilAsync("the other was ended", async () => (await machine.RunAsync("wg-fleet", "hooks", "show", "greedy")).Contains("signal 9", StringComparison.Ordinal));

        (await machine.ShellAsync("stat -c %U /srv/out")).ShouldBe("nobody\n");
        (await machine.PropertyAsync(Unit, "MainPID")).ShouldBe(pid);
        (await machine.PropertyAsync(Unit, "OOMPolicy")).ShouldBe("continue");
    }

    [Fact]
    public async Task The_documented_hook_leaves_the_sandbox_and_keeps_its_event_output_and_exit_code()
    {
        await using var machine = await BootAsync();
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs/programs.md"));
        var script = page.Split("## What it may do under systemd")[1].Split("```sh\n")[1].Split("```")[0];
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha + """
            hooks:
              list:
                - {name: leaves, exec: {command: /etc/wg-fleet/leaves, user: root}, events: [client.added], max_attempts: 1}

            """);
        await machine.WriteAsync("/etc/wg-fleet/leaves", script, Executable);
        await machine.WriteAsync("/usr/local/sbin/outside", "#!/bin/sh\ncat >/tmp/event\necho \"$1 $WGFLEET_FLEET\" >/root/told\nunshare --net true\nsysctl -qw kernel.printk=4\necho said\nexit 7\n", Executable);
        await machine.RunAsync("systemctl", "start", Unit);

        await machine.RunAsync("curl", "-sSf", "-X", "POST", "http://127.0.0.1:8000/fleet/alpha/register");

        await Deadline.UntilAsync("the hook has ended", async () => (await machine.RunAsync("wg-fleet", "hooks", "show", "leaves")).Contains("exit 7", StringComparison.Ordinal));
        (await machine.RunAsync("cat", "/root/told")).ShouldBe("client.added alpha\n");
        (await machine.RunAsync("cat", "/tmp/event")).ShouldContain("client.added");
        (await machine.RunAsync("wg-fleet", "hooks", "show", "leaves")).ShouldContain("said");
    }

    [Fact]
    public async Task The_documented_drop_in_lets_templates_be_written_below_etc()
    {
        await using var machine = await BootAsync();
        var page = (await File.ReadAllTextAsync(Repository.PathOf("docs/templates.md"))).Split("### Others")[1];
        var dropIn = page.Split("`systemctl edit wg-fleet` and add:\n\n")[1].Split("\n\n")[0].Replace("    ", "", StringComparison.Ordinal);
        await machine.ShellAsync("mkdir -p /etc/ansible /etc/ssh/ssh_config.d /srv/export");
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha + page.Split("```yaml\n")[1].Split("```")[0]);
        await machine.WriteAsync($"/etc/systemd/system/{Unit}.d/override.conf", dropIn + "\n");

        await machine.ShellAsync($"systemctl daemon-reload; systemctl start {Unit}");

        await Deadline.UntilAsync("all files are there", () =>
            Others.All(file => File.Exists(machine.Seen(file))));
    }

    public const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static async Task<SystemdMachine> BootAsync()
    {
        var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha);
        return machine;
    }
}
