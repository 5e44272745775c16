using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Config;

/// <summary>Trouble that does not come from the new configuration neither ends a server at a reload nor keeps it from answering.</summary>
public class ReloadTroubleTests
{
    private const string Two = Gateway.Alpha + """
          beta: {ip6: "fd00:b::1", subnet: "fd00:b::/64", external_ip: 10.201.0.1, port: 51821}

        """;

    // Locks the database as another program would, until its input ends.
    private const string Locker = "import sqlite3,sys\nc=sqlite3.connect('/var/lib/wg-fleet/clients.db',isolation_level=None)\nc.execute('BEGIN IMMEDIATE')\nprint('locked',flush=True)\nsys.stdin.read()";

    [Fact]
    public async Task A_reload_while_the_disk_of_the_database_is_full_is_done_when_there_is_space_again()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", "/var/lib/wg-fleet");
        await gateway.StartAsync(Two);
        var client = await gateway.RegisterAsync();

        // The log of changes may hold pages that are free to be written again; a checkpoint gives them up.
        await gateway.SqlAsync("PRAGMA wal_checkpoint(TRUNCATE)");
        await gateway.Machine.TryRunAsync("dd", "if=/dev/zero", "of=/var/lib/wg-fleet/ballast", "bs=4k");
        await ReloadMeetsTroubleAsync(gateway, client, "The reload waits for the database");

        var told = await gateway.RunAsync("reload");
        told.ExitCode.ShouldBe(1);
        told.Error.ShouldContain("the reload waits for the database");
        told.Error.ShouldEndWith("wg-fleet: nothing was changed yet; the server reloads by itself as soon as the database can be written\n");
        (await gateway.RunAsync("status")).Output.ShouldContain("a reload waits");

        await gateway.Machine.RunAsync("rm", "/var/lib/wg-fleet/ballast");
        await IsReloadedAsync(gateway);
        (await gateway.RunAsync("status")).Output.ShouldNotContain("reload");
    }

    [Fact]
    public async Task A_reload_while_another_program_has_locked_the_database_is_done_when_the_lock_is_released()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Two);
        var client = await gateway.RegisterAsync();
        await using var locker = gateway.Machine.Start("python3", "-c", Locker);
        await Deadline.UntilAsync("the database is locked", () => locker.Output.Contains("locked", StringComparison.Ordinal));

        await ReloadMeetsTroubleAsync(gateway, client, "The reload waits for the database");

        locker.Input.Close();
        await IsReloadedAsync(gateway);
    }

    [Fact]
    public async Task A_reload_with_a_damaged_conf_of_one_fleet_is_done_and_does_not_affect_its_clients()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Two);
        var client = await gateway.RegisterAsync();
        await gateway.RegisterAsync("beta");
        await gateway.Machine.RunAsync("sh", "-c", "echo nonsense > /etc/wireguard/wg_beta.conf");

        gateway.Server.Signal(Signals.HangUp);
        await IsReloadedAsync(gateway);

        await AnswersAsync(gateway, client);
        await gateway.RegisterAsync("beta");
    }

    [Fact]
    public async Task A_reload_while_one_fleets_WireGuard_hangs_is_done_for_the_others()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Two);
        var client = await gateway.RegisterAsync();
        await gateway.Machine.RunAsync("sh", "-c", "kill -STOP $(pgrep -f 'wireguard(-go)? wg_beta')");

        gateway.Server.Signal(Signals.HangUp);
        await IsReloadedAsync(gateway);

        await AnswersAsync(gateway, client);
        await gateway.Machine.RunAsync("sh", "-c", "kill -CONT $(pgrep -f 'wireguard(-go)? wg_beta')");
        await gateway.Server.ReadyAsync();
        await gateway.RegisterAsync("beta");
    }

    private static async Task ReloadMeetsTroubleAsync(Gateway gateway, Registration client, string log)
    {
        gateway.Server.Signal(Signals.HangUp);
        await gateway.Server.LogsAsync(log);
        await AnswersAsync(gateway, client);
    }

    private static async Task AnswersAsync(Gateway gateway, Registration client)
    {
        gateway.Server.Process.Exited.IsCompleted.ShouldBeFalse(gateway.Server.Log);
        (await gateway.PingForAsync(client)).Status.ShouldBe(200);
    }

    // A second start is in the log of events.
    private static async Task IsReloadedAsync(Gateway gateway)
    {
        await Deadline.UntilAsync("it has reloaded", async () => await gateway.SqlAsync("SELECT count(*) FROM events WHERE type = 'startup'") == "2");
        await gateway.RegisterAsync();
    }
}
