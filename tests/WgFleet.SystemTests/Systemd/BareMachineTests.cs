using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>The executable by itself, on a Debian that has neither .NET nor wireguard-tools.</summary>
[OnlyInAll("boots a real systemd")]
public sealed class BareMachineTests
{
    [Fact]
    public async Task The_executable_is_copied_and_started_and_a_machine_joins()
    {
        await using var lan = await Lan.CreateAsync();
        await using var gateway = await SystemdMachine.BootAsync(await DebianRoot.BareAsync());
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.BareAsync(), "machine");
        var address = await lan.PlugInAsync(gateway);
        await lan.PlugInAsync(machine);
        await gateway.ShellAsync("dpkg --purge wireguard-tools >/dev/null; ! command -v wg-quick; ! command -v dotnet; test ! -e /usr/share/dotnet -a ! -e /usr/lib/dotnet");
        await CopyAsync(gateway);
        await gateway.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha.Replace("192.0.2.1", address.ToString(), StringComparison.Ordinal));

        await gateway.RunAsync("/opt/wg-fleet/wg-fleet", "check");
        await gateway.RunAsync("systemd-run", "--unit=copied", "--property=StateDirectory=wg-fleet", "--property=RuntimeDirectory=wg-fleet", "/opt/wg-fleet/wg-fleet");
        await UnitConfig.ReadyAsync(gateway);
        var joined = await machine.TryRunAsync("sh", "-c", $"curl -sSf http://{address}:8000/fleet/alpha/join.sh | sh -s -- --hostname excavator");

        joined.ExitCode.ShouldBe(0, joined.Error);
        (await gateway.RunAsync("/opt/wg-fleet/wg-fleet", "clients", "list")).ShouldContain("excavator");
        (await gateway.RunAsync("cat", "/run/wg_fleet_hosts")).ShouldContain(" excavator.alpha.example.net\n");
        (await machine.RunAsync("ping", "-c", "1", "-W", "10", "fd00:a0a8:34d:a0::1")).ShouldContain(" 0% packet loss");
    }

    /// <summary>Copies the native executable, and SQLite, which lies beside it. Nothing else.</summary>
    private static async Task CopyAsync(SystemdMachine gateway)
    {
        var published = Path.GetDirectoryName(Server.Executable)!;
        File.Exists(Path.Combine(published, "wg-fleet.dll")).ShouldBeFalse("this test is for the native executable: run it by ./test, or name one by WG_FLEET_EXECUTABLE");
        Directory.EnumerateFileSystemEntries(published).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["libe_sqlite3.so", "wg-fleet", "wg-fleet.dbg"]);
        await gateway.RunAsync("mkdir", "-p", "/opt/wg-fleet", "/var/lib/wg-fleet", "/etc/wireguard");
        foreach (var file in new[] { "wg-fleet", "libe_sqlite3.so" })
            File.Copy(Path.Combine(published, file), gateway.Seen($"/opt/wg-fleet/{file}"));
    }
}
