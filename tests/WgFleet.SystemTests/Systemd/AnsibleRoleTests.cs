using System.Net;
using System.Text.RegularExpressions;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>The roles in packaging/ansible, run by the real Ansible over ssh against machines with a real systemd.</summary>
[OnlyInAll("builds a package and boots a real systemd")]
public sealed partial class AnsibleRoleTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wg-fleet-ansible-").FullName;
    private Lan _lan = null!;
    private Machine _desk = null!;
    private SystemdMachine _gateway = null!;
    private SystemdMachine _seat = null!;

    public async ValueTask InitializeAsync()
    {
        _lan = await Lan.CreateAsync();
        _desk = await _lan.BootAsync("desk", 9);
        (await RunningProcess.RunAsync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", $"{_folder}/key"])).Succeeded("ssh-keygen");
        _gateway = await SystemdMachine.BootAsync(await DebianRoot.BareAsync());
        _seat = await SystemdMachine.BootAsync(await DebianRoot.BareAsync(), "seat");
    }

    public async ValueTask DisposeAsync()
    {
        await _seat.DisposeAsync();
        await _gateway.DisposeAsync();
        await _lan.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_roles_make_a_server_and_a_machine_in_its_fleet_and_change_only_what_differs()
    {
        var address = await ReachableAsync(_gateway, "gateway");
        await ReachableAsync(_seat, "seat");
        var package = await DebianPackage.CurrentAsync();
        var config = UnitConfig.Alpha.Replace("192.0.2.1", address.ToString(), StringComparison.Ordinal);

        var server = $$"""
            - hosts: gateway
              vars:
                wg_fleet_server_package: {{package.Path}}
                wg_fleet_server_config: {{Quoted(config)}}
              roles: [wg_fleet_server]
            """;
        await PlayAsync(server, changes: true);
        await PlayAsync(server, changes: false);
        (await _gateway.RunAsync("systemctl", "is-enabled", "wg-fleet.service")).ShouldBe("enabled\n");

        // As a mapping, with one key more, which a reload takes over.
        var started = await _gateway.PropertyAsync("wg-fleet.service", "ExecMainPID");
        var mapping = (config + "enrollment: token").Replace("\n", "\n      ", StringComparison.Ordinal);
        await PlayAsync(server.Replace(Quoted(config), $"\n      {mapping}", StringComparison.Ordinal), changes: true);
        (await _gateway.PropertyAsync("wg-fleet.service", "ExecMainPID")).ShouldBe(started);
        var written = await _gateway.RunAsync("cat", "/etc/wg-fleet.yaml");
        written.ShouldEndWith("\nenrollment: token\n");
        var token = (await _gateway.RunAsync("wg-fleet", "tokens", "create", "--enroll", "lab")).Trim();

        // A configuration that the server refuses does not replace the one that it has.
        (await TryPlayAsync(server.Replace(Quoted(config), Quoted(UnitConfig.Wrong), StringComparison.Ordinal))).Output.ShouldContain("prune_timeout");
        (await _gateway.RunAsync("cat", "/etc/wg-fleet.yaml")).ShouldBe(written);

        var client = $$"""
            - hosts: seat
              vars:
                wg_fleet_client_server: http://{{address}}:8000
                wg_fleet_client_fleet: alpha
                wg_fleet_client_token: {{token}}
                wg_fleet_client_hostname: excavator
                wg_fleet_client_settings: {INTERVAL: 30}
              roles: [wg_fleet_client]
            """;
        await PlayAsync(client, changes: true);
        await PlayAsync(client, changes: false);
        (await _gateway.RunAsync("wg-fleet", "clients", "list")).ShouldContain("excavator");
        (await _seat.RunAsync("wg-fleet-join", "--status")).ShouldContain("\nIn:        yes\n");
        (await _seat.RunAsync("stat", "-c", "%a", "/etc/wg-fleet-join/alpha.token", "/etc/wg-fleet-join/alpha.conf")).ShouldBe("600\n600\n");
        (await _seat.PropertyAsync("wg-fleet-join@alpha.timer", "ActiveState")).ShouldBe("active");

        var leave = client.Replace("  roles:", "    wg_fleet_client_state: absent\n  roles:", StringComparison.Ordinal);
        await PlayAsync(leave, changes: true);
        await PlayAsync(leave, changes: false);
        (await _gateway.RunAsync("wg-fleet", "clients", "list")).ShouldNotContain("excavator");
        (await _seat.TryRunAsync("ls", "/etc/wg-fleet-join", "/usr/local/sbin/wg-fleet-join")).Output.ShouldBe("");
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    /// <summary>Gives a machine an address, lets Ansible's key in, and lists it in the inventory.</summary>
    private async Task<IPAddress> ReachableAsync(SystemdMachine machine, string name)
    {
        var address = await _lan.PlugInAsync(machine);
        await machine.WriteAsync("/root/.ssh/authorized_keys", await File.ReadAllTextAsync($"{_folder}/key.pub"), UnixFileMode.UserRead);
        await File.AppendAllTextAsync($"{_folder}/hosts", $"{name} ansible_host={address}\n");
        return address;
    }

    /// <summary>Runs a playbook, which is to change something or nothing.</summary>
    private async Task PlayAsync(string playbook, bool changes)
    {
        var played = await TryPlayAsync(playbook);
        played.ExitCode.ShouldBe(0, played.Output + played.Error);
        (Changed().Match(played.Output).Groups[1].Value != "0").ShouldBe(changes, played.Output);
    }

    private async Task<Finished> TryPlayAsync(string playbook)
    {
        var file = $"{_folder}/play.yaml";
        await File.WriteAllTextAsync(file, playbook);
        return await _desk.TryRunAsync(
            "env", $"HOME={_folder}", $"ANSIBLE_ROLES_PATH={Repository.PathOf("packaging/ansible/roles")}", "ANSIBLE_NOCOLOR=1", "ANSIBLE_NOCOWS=1", "ANSIBLE_DIFF_ALWAYS=1",
            "ANSIBLE_SSH_ARGS=-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR",
            "ansible-playbook", "--inventory", $"{_folder}/hosts", "--user", "root", "--private-key", $"{_folder}/key", file);
    }

    [GeneratedRegex(@"^\w+ +: ok=\d+ +changed=(\d+) ", RegexOptions.Multiline)]
    private static partial Regex Changed();
}
