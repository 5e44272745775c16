using System.Security.Cryptography;
using WgFleet.SystemTests.Adoption;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>What is lost is rebuilt, what cannot be written is written later, and meanwhile nobody waits.</summary>
public class ResilienceTests
{
    [Fact]
    public async Task A_conf_file_lost_while_the_interface_is_up_is_rebuilt_with_its_key()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var key = await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "public-key");
        var path = gateway.Machine.Seen("/etc/wireguard/wg_alpha.conf");
        var before = await File.ReadAllTextAsync(path);
        await gateway.Server.StopAsync();
        File.Delete(path);

        await gateway.StartAsync();

        (await File.ReadAllTextAsync(path)).ShouldBe(before);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead);
        await gateway.RebootAsync();
        await gateway.StartAsync();
        (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "public-key")).ShouldBe(key);
    }

    [Fact]
    public async Task A_locked_database_delays_no_request_that_changes_nothing()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await gateway.RegisterAsync();
        await gateway.PingForAsync(client, "named");
        await using var locker = gateway.Machine.Start("sqlite3", "/var/lib/wg-fleet/clients.db");
        await locker.Input.WriteLineAsync("BEGIN IMMEDIATE; SELECT 'locked';");
        await locker.Input.FlushAsync(TestContext.Current.CancellationToken);
        await Deadline.UntilAsync("the database is locked", () => locker.Output == "locked\n");

        var waiting = gateway.ForwardAsync("/fleet/alpha/register", "10.201.0.9");
        (await gateway.PingForAsync(client)).Status.ShouldBe(200);
        (await gateway.PingForAsync(client, "named")).Status.ShouldBe(200);
        (await gateway.Machine.SendAsync(HttpMethod.Get, "http://127.0.0.1:8000/fleet/alpha")).Status.ShouldBe(200);
        (await gateway.Machine.SendAsync(HttpMethod.Get, "http://127.0.0.1:8000/")).Status.ShouldBe(200);

        await locker.Input.WriteLineAsync("ROLLBACK;");
        await locker.Input.FlushAsync(TestContext.Current.CancellationToken);
        (await waiting).Status.ShouldBeOneOf(200, 500);
        await gateway.RegisterAsync();
    }

    [Fact]
    public async Task A_hook_that_never_ends_delays_no_request()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("sh", "-c", "printf '#!/bin/sh\ntouch /run/begun\nexec sleep infinity\n' > /run/slow && chmod 755 /run/slow");
        await gateway.StartAsync(Gateway.Alpha + """
            hooks:
              list:
                - name: slow
                  events: [client.added]
                  exec: {command: /run/slow, user: root, timeout: 1d}

            """);
        var client = await gateway.RegisterAsync();
        await Deadline.UntilAsync("the hook has begun", () => File.Exists(gateway.Machine.Seen("/run/begun")));

        for (var i = 0; i < 20; i++)
        {
            (await gateway.PingForAsync(client, $"name{i}")).Status.ShouldBe(200);
            gateway.HostsFile.ShouldBe($"{client.Address} name{i}.alpha.example.net\n");
            await gateway.RegisterAsync();
        }

        (await gateway.Server.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Pings_are_answered_while_two_thousand_clients_are_pruned()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await PythonServer.LeaveDatabaseAsync(gateway);
        var rows = Enumerable.Range(1, 2000).Select(i =>
            $"({i}, 'alpha', '{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}', 'fd00:a0a8:34d:a0::1:{i:x}', '10.201.1.1', NULL, '2020-01-01 00:00:00.000000')");
        await File.WriteAllTextAsync(Path.Combine(gateway.Machine.Disk, "rows.sql"), $"INSERT INTO clients VALUES {string.Join(',', rows)};");
        await gateway.SqlAsync($".read {gateway.Machine.Disk}/rows.sql");
        await gateway.StartAsync(Gateway.Alpha + "prune_interval: 10s\nprune_grace: 0s\nprune_limit: 100%\n");
        var live = await gateway.RegisterAsync();
        (await gateway.PeersAsync()).Count.ShouldBe(2001);

        while ((await gateway.PeersAsync()).Count > 1)
            (await gateway.PingForAsync(live).WaitAsync(Deadline.Hang, TestContext.Current.CancellationToken)).Status.ShouldBe(200);

        (await gateway.PeersAsync()).Values.ShouldBe([$"{live.Address}/128"]);
        (await gateway.SqlAsync("SELECT count(*) FROM events WHERE type = 'client.removed'")).ShouldBe("2000");
    }

    [Fact]
    public async Task A_file_that_could_not_be_written_is_written_as_soon_as_it_can_be()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await gateway.RegisterAsync();
        await gateway.PingForAsync(client, "before");
        var path = gateway.Machine.Seen("/run/wg_fleet_hosts");
        File.Delete(path);
        Directory.CreateDirectory(path);

        (await gateway.PingForAsync(client, "after")).ShouldBe(new Answer(200, """{"status":"ok"}""", "application/json"));
        gateway.TargetsFile.ShouldContain("\"hostname\": \"after\"");
        Directory.Delete(path);

        await Deadline.UntilAsync("the file is there", () => File.Exists(path));
        gateway.HostsFile.ShouldBe($"{client.Address} after.alpha.example.net\n");
    }
}
