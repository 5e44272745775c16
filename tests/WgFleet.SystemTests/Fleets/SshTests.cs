using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary><c>wg-fleet ssh</c> and <c>wg-fleet run</c>, by the real ssh to real sshds through real tunnels.</summary>
public class SshTests
{
    private const string LogInKey = "/var/lib/operator_key";

    [Fact]
    public async Task An_operator_logs_in_by_the_name_of_a_machine_whose_host_key_the_server_knows()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await StartAsync(lan);
        var machine = await AddAsync(lan, gateway, "excavator");

        (await SshAsync(gateway, "excavator", "--", "hostname; cat /var/lib/name; exit 7")).ShouldSatisfyAllConditions(
            said => said.Output.ShouldEndWith("\nexcavator\n"),
            said => said.ExitCode.ShouldBe(7));
        (await SshAsync(gateway, "root@EXCAVATOR.alpha", "--", "true")).ShouldBe(new Finished(0, "", ""));

        // Another sshd answers at the machine's address: ssh must not talk to it.
        await StopSshdAsync(machine);
        await MakeHostKeyAsync(machine);
        await StartSshdAsync(machine, gateway);
        var refused = await SshAsync(gateway, "excavator", "--", "true");
        refused.ExitCode.ShouldBe(255);
        refused.Error.ShouldContain("Host key verification failed");

        // The machine tells its new key with its next round.
        await machine.JoinAsync();
        (await SshAsync(gateway, "excavator", "--", "true")).ShouldBe(new Finished(0, "", ""));
    }

    [Fact]
    public async Task Without_a_host_key_in_the_registry_the_first_one_counts()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await StartAsync(lan);
        var machine = await AddAsync(lan, gateway, "excavator", "--facts", "none");

        (await SshAsync(gateway, "excavator", "--", "true")).ExitCode.ShouldBe(0);
        await StopSshdAsync(machine);
        await MakeHostKeyAsync(machine);
        await StartSshdAsync(machine, gateway);

        (await SshAsync(gateway, "excavator", "--", "true")).Error.ShouldContain("Host key verification failed");
    }

    [Fact]
    public async Task A_command_runs_on_all_machines_of_a_fleet_and_those_that_fail_are_in_a_table()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await StartAsync(lan);
        await AddAsync(lan, gateway, "crane");
        await AddAsync(lan, gateway, "excavator");
        await AddSilentAsync(gateway);

        var said = await RunAsync(gateway, "--fleet", "alpha", "--online", "-P", "2", "--", "cat /var/lib/name; echo trouble >&2; ! grep -q crane /var/lib/name");
        said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().ShouldBe(["crane: crane", "excavator: excavator"]);
        said.Error.ShouldContain("crane: trouble\n");
        said.Error.ShouldEndWith("NAME   FLEET  FAILED  LAST ERROR\ncrane  alpha  exit 1  trouble\nwg-fleet: 1 of 2 machines done, 1 failed\n");
        said.ExitCode.ShouldBe(1);

        // A client that never came counts as failed, unless only those that are online are wanted.
        (await RunAsync(gateway, "--fleet", "alpha", "--", "true")).Error.ShouldContain("  alpha  offline  last seen ");
        (await RunAsync(gateway, "--fleet", "alpha", "--online", "--", "printf 'no line break'")).ShouldSatisfyAllConditions(
            all => all.ExitCode.ShouldBe(0),
            all => all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().ShouldBe(["crane: no line break", "excavator: no line break"]));
        (await RunAsync(gateway, "--fleet", "alpha", "--online", "--json", "--", "exit 3")).ShouldSatisfyAllConditions(
            json => json.Output.ShouldStartWith("[{\"fleet\":\"alpha\",\"hostname\":\"crane\",\"address\":\"fd00:"),
            json => json.Output.ShouldContain("\"ok\":false,\"failure\":\"exit 3\",\"exit_code\":3,"));
        (await RunAsync(gateway, "--fleet", "alpha", "--online", "--timeout", "1s", "--", "sleep 600")).Error.ShouldContain("  not done after 1s");
        (await RunAsync(gateway, "--fleet", "alpha", "--tag", "room=e14", "--", "true")).ShouldBe(new Finished(1, "", "wg-fleet: fleet alpha has no such machine\n"));
    }

    [Fact]
    public async Task An_interrupted_run_leaves_no_ssh_behind()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await StartAsync(lan);
        await AddAsync(lan, gateway, "crane");

        await using var run = gateway.Machine.Start(["env", "XDG_STATE_HOME=/run/state", Server.Executable, "run", .. LogIn, "--fleet", "alpha", "--", "echo begun; sleep 600"]);
        await Deadline.UntilAsync("the command runs", () => run.Output.Contains("crane: begun", StringComparison.Ordinal));
        await gateway.Machine.RunAsync("sh", "-c", "kill -INT $(pidof wg-fleet | tr ' ' '\n' | while read pid; do grep -qz sleep /proc/$pid/cmdline && echo $pid; done)");

        (await run.FinishedAsync()).ShouldSatisfyAllConditions(
            end => end.ExitCode.ShouldBe(130),
            end => end.Error.ShouldBe("wg-fleet: interrupted; 0 of 1 machines done, 0 failed\n"));
        (await gateway.Machine.TryRunAsync("pidof", "ssh")).Output.ShouldBeEmpty();
    }

    private static async Task<Gateway> StartAsync(Lan lan)
    {
        var gateway = await lan.StartGatewayAsync();
        await gateway.Machine.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", LogInKey);
        return gateway;
    }

    /// <summary>A client that the server has not heard from for five minutes.</summary>
    private static async Task AddSilentAsync(Gateway gateway)
    {
        await gateway.RegisterAsync();
        await gateway.Server.StopAsync();
        await gateway.SqlAsync("UPDATE clients SET timestamp = datetime('now', '-5 minutes'), registered_at = datetime('now', '-5 minutes') WHERE hostname IS NULL");
        await gateway.StartAsync();
    }

    private static async Task<Machine> AddAsync(Lan lan, Gateway gateway, string name, params string[] arguments)
    {
        var machine = await lan.AddMachineAsync(gateway);

        // A shell without start files: those of the user who runs the tests may take long and print something.
        await machine.RunAsync("sed", "-i", "s#^root:.*#root:x:0:0:root:/var/lib:/bin/sh#", "/etc/passwd");
        await MakeHostKeyAsync(machine);
        await File.WriteAllTextAsync(machine.Seen("/var/lib/name"), name + "\n");
        await machine.JoinAsync(["--hostname", name, .. arguments]);
        await StartSshdAsync(machine, gateway);
        return machine;
    }

    // The machine has its own layer over /etc.
    private static Task<string> MakeHostKeyAsync(Machine machine) =>
        machine.RunAsync("sh", "-c", "rm -f /etc/ssh/ssh_host_* && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key && mkdir -p /run/sshd");

    private static async Task StartSshdAsync(Machine machine, Gateway gateway)
    {
        await File.WriteAllTextAsync(machine.Seen("/var/lib/authorized_keys"), await gateway.Machine.RunAsync("cat", $"{LogInKey}.pub"));
        await machine.RunAsync(
            "/usr/sbin/sshd", "-o", "AuthorizedKeysFile=/var/lib/authorized_keys", "-o", "StrictModes=no", "-o", "PermitRootLogin=yes", "-o", "UsePAM=no",
            "-o", "PidFile=/run/sshd.pid", "-o", "PrintMotd=no", "-o", "PrintLastLog=no");
        await Deadline.UntilAsync("sshd runs", () => File.Exists(machine.Seen("/run/sshd.pid")));
    }

    private static Task<string> StopSshdAsync(Machine machine) =>
        machine.RunAsync("sh", "-c", "pid=$(cat /run/sshd.pid); kill $pid; while kill -0 $pid 2>/dev/null; do sleep 0.05; done; rm -f /run/sshd.pid");

    private static Task<Finished> SshAsync(Gateway gateway, params string[] arguments) => OperatorAsync(gateway, ["ssh", .. LogIn, .. arguments]);

    private static Task<Finished> RunAsync(Gateway gateway, params string[] arguments) => OperatorAsync(gateway, ["run", .. LogIn, .. arguments]);

    private static readonly string[] LogIn = ["--user", "root", "--identity", LogInKey, "--ssh-option", "IdentitiesOnly=yes", "--ssh-option", "BatchMode=yes"];

    private static Task<Finished> OperatorAsync(Gateway gateway, string[] arguments) =>
        gateway.Machine.TryRunAsync(["env", "XDG_STATE_HOME=/run/state", Server.Executable, .. arguments]);
}
