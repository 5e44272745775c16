using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Adoption;

/// <summary>The day of the swap: the Python server is stopped, ours is started on what it left, and no client notices.</summary>
public class AdoptionTests
{
    private const string Net = "fd00:a0a8:34d:a0:";

    [Fact]
    public async Task Clients_and_live_tunnels_are_taken_over_without_a_break()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var client = await lan.AddClientAsync();
        var (live, quiet) = (await PythonServer.ClientAsync(1, Net + ":11", "live"), await PythonServer.ClientAsync(2, Net + "b4d5:1:2:3"));
        await PythonServer.LeaveDatabaseAsync(gateway, live, quiet);
        var serverKey = await PythonServer.LeaveInterfaceAsync(gateway, live, quiet);
        client.Adopt(live.Registration(serverKey));
        await client.ConnectAsync();
        (await client.ReachesGatewayAsync()).ShouldBeTrue();
        var handshake = await HandshakeAsync(gateway, live);
        var conf = await File.ReadAllTextAsync(gateway.Machine.Seen("/etc/wireguard/wg_alpha.conf"));

        await gateway.StartAsync();

        gateway.HostsFile.ShouldBe($"{live.Address} live.alpha.example.net\n");
        (await client.PingAsync()).Status.ShouldBe(200);
        (await HandshakeAsync(gateway, live)).ShouldBe(handshake);
        (await gateway.PeersAsync()).ShouldBe(
            new Dictionary<string, string> { [live.PublicKey] = live.Address + "/128", [quiet.PublicKey] = quiet.Address + "/128" }, ignoreOrder: true);
        (await File.ReadAllTextAsync(gateway.Machine.Seen("/etc/wireguard/wg_alpha.conf"))).ShouldBe(conf);
        (await gateway.SqlAsync("SELECT id, fleet_id, public_key, assigned_ip, http_request_ip, hostname FROM clients ORDER BY id"))
            .ShouldBe($"1|alpha|{live.PublicKey}|{live.Address}|10.201.1.1|live\n2|alpha|{quiet.PublicKey}|{quiet.Address}|10.201.1.1|");
    }

    [Fact]
    public async Task A_client_that_joins_after_the_swap_gets_the_next_id_and_the_same_server_key()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var old = await PythonServer.ClientAsync(7, Net + ":11", "old");
        await PythonServer.LeaveDatabaseAsync(gateway, old);
        var serverKey = await PythonServer.LeaveInterfaceAsync(gateway, old);
        await gateway.StartAsync();

        var joined = await gateway.RegisterAsync();
        await gateway.PingForAsync(joined, "old");

        joined.ServerKey.ShouldBe(serverKey);
        (await gateway.SqlAsync("SELECT id, hostname FROM clients ORDER BY id")).ShouldBe("7|old\n8|old--2");
    }

    [Fact]
    public async Task After_a_reboot_at_the_swap_the_clients_come_back_too()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var client = await lan.AddClientAsync();
        var live = await PythonServer.ClientAsync(1, Net + ":11", "live");
        await PythonServer.LeaveDatabaseAsync(gateway, live);
        client.Adopt(live.Registration(await PythonServer.LeaveInterfaceAsync(gateway, live)));
        await client.ConnectAsync();
        (await client.ReachesGatewayAsync()).ShouldBeTrue();

        await gateway.RebootAsync();
        await gateway.StartAsync();

        (await client.ReachesGatewayAsync()).ShouldBeTrue();
        (await client.PingAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Of_two_clients_with_one_address_the_later_is_kept_and_the_backup_has_both()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var (first, second, third) = (
            await PythonServer.ClientAsync(1, Net + ":11", "first"), await PythonServer.ClientAsync(2, Net + ":11", "second"), await PythonServer.ClientAsync(3, Net + ":12", "third"));
        await PythonServer.LeaveDatabaseAsync(gateway, first, second, third);

        var server = await gateway.StartAsync();

        gateway.HostsFile.ShouldBe($"{Net}:11 second.alpha.example.net\n{Net}:12 third.alpha.example.net\n");
        (await gateway.PeersAsync()).ShouldBe(
            new Dictionary<string, string> { [second.PublicKey] = Net + ":11/128", [third.PublicKey] = Net + ":12/128" }, ignoreOrder: true);
        server.Log.ShouldContain("/var/lib/wg-fleet/clients.db.python");
        (await gateway.Machine.RunAsync("sqlite3", "/var/lib/wg-fleet/clients.db.python", "SELECT id, hostname FROM clients ORDER BY id"))
            .ShouldBe("1|first\n2|second\n3|third\n");
    }

    [Fact]
    public async Task Invalid_names_of_the_Python_server_do_not_get_into_the_files()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var evil = await PythonServer.ClientAsync(1, Net + ":11", "evil\n");
        await PythonServer.LeaveDatabaseAsync(gateway, evil);

        await gateway.StartAsync();

        gateway.HostsFile.ShouldBe("\n");
        (await gateway.PingForAsync(evil.Registration(""), "good")).Status.ShouldBe(200);
        gateway.HostsFile.ShouldBe($"{evil.Address} good.alpha.example.net\n");
    }

    [Fact]
    public async Task A_corrupt_database_is_a_clear_error_and_stays_unchanged()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var garbage = Enumerable.Range(0, 20000).Select(i => (byte)(i * 7)).ToArray();
        await File.WriteAllBytesAsync(gateway.Database, garbage);

        var run = await gateway.RefuseAsync(Gateway.Alpha);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("database /var/lib/wg-fleet/clients.db is corrupt or not a database");
        run.Error.ShouldNotContain("   at ");
        (await File.ReadAllBytesAsync(gateway.Database)).ShouldBe(garbage);
    }

    [Fact]
    public async Task A_database_with_a_damaged_page_is_a_clear_error_and_stays_unchanged()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await PythonServer.LeaveDatabaseAsync(gateway, await PythonServer.ClientAsync(1, Net + ":11", "a"));
        var bytes = await File.ReadAllBytesAsync(gateway.Database);
        Array.Fill(bytes, (byte)0xA5, 100, bytes.Length - 100);
        await File.WriteAllBytesAsync(gateway.Database, bytes);

        var run = await gateway.RefuseAsync(Gateway.Alpha);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("database /var/lib/wg-fleet/clients.db is corrupt or not a database");
        (await File.ReadAllBytesAsync(gateway.Database)).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_database_on_a_read_only_disk_is_a_clear_error_and_stays_unchanged()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await PythonServer.LeaveDatabaseAsync(gateway, await PythonServer.ClientAsync(1, Net + ":11", "a"));
        var bytes = await File.ReadAllBytesAsync(gateway.Database);
        await gateway.Machine.RunAsync("mount", "-o", "remount,bind,ro", "/var/lib");

        var run = await gateway.RefuseAsync(Gateway.Alpha);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldMatch("(?i)database .*read-only");
        run.Error.ShouldNotContain("   at ");
        (await File.ReadAllBytesAsync(gateway.Database)).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_missing_database_directory_is_a_clear_error_and_is_not_created()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        Directory.Delete(Path.GetDirectoryName(gateway.Database)!);

        var run = await gateway.RefuseAsync(Gateway.Alpha);

        (run.ExitCode, run.Error.Trim().Split('\n').Length).ShouldBe((1, 1));
        run.Error.ShouldContain("/var/lib/wg-fleet does not exist");
        Directory.Exists(Path.GetDirectoryName(gateway.Database)).ShouldBeFalse();
    }

    private static async Task<string> HandshakeAsync(Gateway gateway, PythonRow client) =>
        (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "latest-handshakes")).Split('\n').Single(l => l.StartsWith(client.PublicKey, StringComparison.Ordinal));
}
