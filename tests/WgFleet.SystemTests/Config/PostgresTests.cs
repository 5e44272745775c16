using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Config;

/// <summary>The server on Debian's PostgreSQL.</summary>
public class PostgresTests
{
    [Fact]
    public async Task A_client_outlives_the_death_of_the_server_and_check_says_what_a_start_says()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var secret = Path.Combine(gateway.Machine.Disk, "database.secret");
        var postgres = await Postgres.StartAsync(gateway.Machine);
        await File.WriteAllTextAsync(secret, $"Host={postgres.Host}\nUsername=postgres\nDatabase=fleet\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var config = $"{Gateway.Alpha}\ndatabase: {{postgresql: {secret}}}\n";

        var refused = await gateway.RefuseAsync(config);
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain($"database fleet of {postgres.Host} does not exist: create it with createdb, or name another one");
        var check = await gateway.RunAsync("check", "--config", gateway.ConfigFile);
        check.ExitCode.ShouldNotBe(0);
        check.Error.ShouldContain(" does not exist: create it with createdb, or name another one");

        await postgres.CreateDatabaseAsync("fleet");
        await gateway.StartAsync(config);
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("kept")).Status.ShouldBe(200);
        var hosts = gateway.HostsFile;

        await gateway.Server.KillAsync();
        await gateway.StartAsync(config);

        gateway.HostsFile.ShouldBe(hosts);
        (await client.ReachesGatewayAsync()).ShouldBeTrue();
        (await client.PingAsync()).Status.ShouldBe(200);
        File.Exists(gateway.Database).ShouldBeFalse();
        (await gateway.RunAsync("check", "--config", gateway.ConfigFile)).ExitCode.ShouldBe(0);

        // A second server.
        var second = await gateway.RefuseAsync(config + "listen: [\"127.0.0.1:8001\"]\nadmin_socket: /run/second.sock\n");
        second.ExitCode.ShouldBe(1);
        second.Error.ShouldContain(" is in use by wg-fleet, pid ");
    }
}
