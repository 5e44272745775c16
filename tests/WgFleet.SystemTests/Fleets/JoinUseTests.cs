using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>How join.sh is called: exit codes, settings, and several fleets on one machine.</summary>
public class JoinUseTests
{
    // What a fake systemctl was asked for. None of the machines of these tests runs systemd.
    private const string FakeSystemctl = """
        mkdir -p /run/bin
        printf '%s\n' '#!/bin/sh' 'echo "$@" >>/run/systemctl.log' >/run/bin/systemctl
        chmod 755 /run/bin/systemctl
        """;

    private const string Beta = """
          beta:
            ip6: fd00:a0a8:34d:b0::1
            subnet: fd00:a0a8:34d:b0::/64
            external_ip: 10.201.0.1
            port: 51821

        """;

    [Theory]
    [InlineData("--help", 0)]
    [InlineData("--fleets x", 2)]
    [InlineData("--fleet", 2)]
    [InlineData("--fleet ../x", 2)]
    [InlineData("--server ftp://x", 2)]
    [InlineData("--interval soon", 2)]
    [InlineData("--mtu 900", 2)]
    [InlineData("--interface far/too-long-a-name", 2)]
    [InlineData("--leave --status", 2)]
    public async Task Read_from_a_pipe_the_script_takes_arguments_and_wrong_ones_end_with_2(string arguments, int exitCode)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);

        foreach (var shell in new[] { "dash", "bash", "busybox sh" })
        {
            var finished = await machine.TryRunAsync("sh", "-c", $"{shell} -s -- {arguments} </var/lib/join.sh");

            finished.ExitCode.ShouldBe(exitCode, shell);
            if (exitCode == 0)
                finished.Output.ShouldContain("--uninstall  leave, and delete what --install wrote");
            else
                finished.Error.ShouldMatch("^wg-fleet-join: .*; see --help\n$");
        }

        (await gateway.PeersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_that_waits_for_its_next_attempt_is_not_in_and_says_why()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await gateway.Server.StopAsync();

        (await machine.TryJoinAsync()).ExitCode.ShouldBe(1);
        var waits = await machine.TryJoinAsync();

        waits.ExitCode.ShouldBe(1);
        waits.Error.ShouldMatch(@"^wg-fleet-join: alpha: not in; the next attempt is in \d+ s\. The last one: http://10\.201\.0\.1:8000 does not answer: .*\n$");
        var status = await machine.TryJoinAsync("--status");
        status.ExitCode.ShouldBe(1);
        status.Output.ShouldContain("In:        no: it has not joined; the last attempt: http://10.201.0.1:8000 does not answer");
    }

    [Fact]
    public async Task A_machine_reports_once_that_it_has_joined_and_status_shows_its_name()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        await (await lan.AddMachineAsync(gateway)).JoinAsync();
        var second = await lan.AddMachineAsync(gateway);

        var said = await second.JoinAsync();

        var address = gateway.HostsFile.Split('\n')[1].Split(' ')[0];
        said.ShouldBe($"wg-fleet-join: alpha: in the fleet at http://10.201.0.1:8000 as excavator--2.alpha.example.net, {address}\n");
        (await second.JoinAsync()).ShouldBeEmpty();
        var status = await second.TryJoinAsync("--status");
        status.ExitCode.ShouldBe(0);
        status.Output.ShouldContain("\nIn:        yes\nName:      excavator--2.alpha.example.net\n");
        status.Output.ShouldContain($"\nAddress:   {address}\n");
    }

    [Fact]
    public async Task The_command_line_overrides_the_environment_which_overrides_the_file_and_a_later_install_takes_over()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.RunAsync("sh", "-ec", FakeSystemctl);
        string[] environment = ["env", "PATH=/run/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

        await machine.RunAsync([.. environment, "WG_FLEET_HOSTNAME=first", "sh", "/var/lib/join.sh", "--install", "--interval", "30"]);
        var config = await machine.RunAsync("cat", "/etc/wg-fleet-join/alpha.conf");
        config.ShouldBe("WG_FLEET_SERVER='http://10.201.0.1:8000'\nWG_FLEET_HOSTNAME='first'\nWG_FLEET_INTERVAL='30'\n");

        await machine.RunAsync(JoinMachine.Program);
        gateway.HostsFile.ShouldEndWith(" first.alpha.example.net\n");
        await machine.RunAsync("env", "WG_FLEET_HOSTNAME=second", JoinMachine.Program);
        gateway.HostsFile.ShouldEndWith(" second.alpha.example.net\n");
        await machine.RunAsync("env", "WG_FLEET_HOSTNAME=second", JoinMachine.Program, "--hostname", "third");
        gateway.HostsFile.ShouldEndWith(" third.alpha.example.net\n");

        var later = await machine.TryRunAsync([.. environment, JoinMachine.Program, "--install", "--hostname=fourth", "--mtu=1300", "--interface=wgf"]);
        later.ExitCode.ShouldBe(0);
        later.Error.ShouldContain("SERVER='http://10.201.0.1:8000' HOSTNAME='fourth' MTU='1300' INTERVAL='30' INTERFACE='wgf' in /etc/wg-fleet-join/alpha.conf");
        await machine.RunAsync(JoinMachine.Program);
        gateway.HostsFile.ShouldEndWith(" fourth.alpha.example.net\n");
        (await machine.RunAsync("wg", "show", "interfaces")).ShouldBe("wgf\n");
        (await machine.RunAsync("cat", "/sys/class/net/wgf/mtu")).ShouldBe("1300\n");
        (await gateway.PeersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_machine_may_be_in_several_fleets()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha + Beta);
        var machine = await lan.AddMachineAsync(gateway);
        await machine.RunAsync("sh", "-ec", FakeSystemctl);

        foreach (var fleet in new[] { "alpha", "beta" })
        {
            await machine.DownloadAsync(gateway, fleet);
            await machine.RunAsync("env", "PATH=/run/bin:/usr/sbin:/usr/bin:/sbin:/bin", "sh", "/var/lib/join.sh", "--install", "--hostname", "excavator");
        }

        (await machine.RunAsync("cat", "/run/systemctl.log")).ShouldBe("enable wg-fleet-join@alpha.timer\nenable wg-fleet-join@beta.timer\n");
        (await machine.TryRunAsync(JoinMachine.Program)).ExitCode.ShouldBe(2);
        await machine.RunAsync(JoinMachine.Program, "--fleet", "alpha");
        await machine.RunAsync(JoinMachine.Program, "--fleet", "beta");
        gateway.HostsFile.ShouldContain(" excavator.alpha.example.net\n");
        gateway.HostsFile.ShouldContain(" excavator.beta.example.net\n");

        await machine.RunAsync("env", "PATH=/run/bin:/usr/sbin:/usr/bin:/sbin:/bin", JoinMachine.Program, "--uninstall", "--fleet", "beta");
        (await machine.RunAsync("wg", "show", "interfaces")).ShouldBe("fl_alpha\n");
        await machine.RunAsync(JoinMachine.Program);
        await machine.RunAsync("env", "PATH=/run/bin:/usr/sbin:/usr/bin:/sbin:/bin", JoinMachine.Program, "--uninstall");
        (await machine.TryRunAsync("ls", "-d", JoinMachine.Program, "/etc/wg-fleet-join", "/etc/wireguard/wg-fleet-join/alpha", "/etc/wireguard/fl_alpha.conf")).Output.ShouldBeEmpty();
        (await machine.RunAsync("sh", "-c", "ls /etc/systemd/system | grep -c wg-fleet || true")).ShouldBe("0\n");
    }

    [Fact]
    public async Task A_script_installed_in_a_chroot_joins_when_the_image_has_booted()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);

        // A layer over this machine's own root, without proc, sys and run.
        await machine.RunAsync("sh", "-ec", """
            mkdir -p /run/own/root/upper /run/own/root/work /run/image
            mount -t overlay overlay -o lowerdir=/,upperdir=/run/own/root/upper,workdir=/run/own/root/work /run/image
            mount --bind /dev /run/image/dev
            cp /var/lib/join.sh /run/image/root/join.sh
            """);

        var installed = await machine.TryRunAsync("chroot", "/run/image", "sh", "/root/join.sh", "--install", "--hostname", "excavator");

        installed.ExitCode.ShouldBe(0, installed.Error);
        installed.Error.ShouldContain("the machine joins when it boots");
        (await machine.RunAsync("readlink", "/run/image/etc/systemd/system/timers.target.wants/wg-fleet-join@alpha.timer")).ShouldBe("/etc/systemd/system/wg-fleet-join@alpha.timer\n");
        (await gateway.PeersAsync()).ShouldBeEmpty();

        await machine.RunAsync("sh", "-ec", "mount -t proc proc /run/image/proc; mount -t sysfs sysfs /run/image/sys; mount -t tmpfs tmpfs /run/image/run");
        await machine.RunAsync("chroot", "/run/image", JoinMachine.Program, "--fleet", "alpha");
        gateway.HostsFile.ShouldEndWith(" excavator.alpha.example.net\n");
    }

    [Fact]
    public async Task The_script_works_with_the_tools_of_busybox()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);

        // As Alpine has them: busybox, and what its packages curl, bash, iproute2 and wireguard-tools bring. wg-quick looks for tools beside itself first.
        // Debian's busybox lacks flock; this one takes no more options than busybox's. WG_FLEET_BUSYBOX names a busybox that has all applets.
        var busybox = Environment.GetEnvironmentVariable("WG_FLEET_BUSYBOX") ?? "/bin/busybox";
        await machine.RunAsync("env", $"busybox={busybox}", "sh", "-ec", """
            mkdir -p /run/alpine
            for applet in $($busybox --list); do ln -sf $busybox /run/alpine/$applet; done
            rm -f /run/alpine/ip
            for program in curl bash ip wg wireguard-go; do ln -s $(command -v $program) /run/alpine/$program; done
            cp $(command -v wg-quick) /run/alpine/
            [ ! -e /run/alpine/flock ] || exit 0
            cat >/run/alpine/flock <<'END'
            #!/bin/bash
            [[ $# = 2 && $1 =~ ^-[sxun]+$ && $2 =~ ^[0-9]+$ ]] || { echo "flock: unrecognized option" >&2; exit 1; }
            exec /usr/bin/flock "$@"
            END
            chmod 755 /run/alpine/flock
            """);
        string[] alpine = ["env", "-i", "PATH=/run/alpine", "WG_FLEET_HOSTNAME=excavator", "/run/alpine/sh"];

        (await machine.TryRunAsync([.. alpine, "/var/lib/join.sh"])).Error.ShouldContain(" as excavator.alpha.example.net, ");
        (await machine.TryRunAsync([.. alpine, "/var/lib/join.sh"])).ShouldBe(new Finished(0, "", ""));
        await machine.RunAsync("ip", "-6", "addr", "flush", "dev", "fl_alpha", "scope", "global");
        (await machine.TryRunAsync([.. alpine, "/var/lib/join.sh"])).ExitCode.ShouldBe(0);
        await machine.ReachesGatewayAsync();
        (await machine.TryRunAsync([.. alpine, "/var/lib/join.sh", "--status"])).Output.ShouldContain("\nIn:        yes\n");
        (await machine.TryRunAsync([.. alpine, "/var/lib/join.sh", "--install"])).Error.ShouldContain("have your init system run '/usr/local/sbin/wg-fleet-join --fleet alpha --loop'");
        (await machine.TryRunAsync([.. alpine, "/var/lib/join.sh", "--uninstall"])).ExitCode.ShouldBe(0);
        (await gateway.PeersAsync()).ShouldBeEmpty();
    }
}
