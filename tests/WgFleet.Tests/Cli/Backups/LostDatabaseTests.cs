using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Cli.Backups;

/// <summary>A database whose file was deleted or replaced under the running server is saved by a backup, and all of it is there after a restore.</summary>
public sealed class LostDatabaseTests : IDisposable
{
    private readonly Folder _folder = new();

    private string Database => _folder.File("state/clients.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rm clients.db")]
    [InlineData("rm clients.db*")]
    [InlineData("rm clients.db-wal clients.db-shm")]
    [InlineData("mv clients.db elsewhere; echo another >clients.db")]
    [InlineData("rm clients.db*; echo another >clients.db")]
    [InlineData("rm -r ../state")]
    public async Task A_backup_saves_all_that_the_server_still_has_and_a_restore_brings_it_back(string loss)
    {
        string key;
        await using (var server = await StartAsync())
        {
            var client = await server.JoinAsync();
            key = client.PublicKey.ToString();
            server.Services.GetRequiredService<TokenRegistry>().CreateAdmin("ci", "write", null, "root");
            server.Services.GetRequiredService<Database>().Write(c => c.Execute("INSERT INTO hook_state (hook, cursor) VALUES ('tell', 1)"));

            await ShellAsync(loss);
            await server.HandshakeAsync(client);
            var backup = await WgFleetAsync("backup");

            backup.ShouldBe(new CommandRun(0, $"wrote {_folder.File("backup")}\n", ""));
            _folder.Names().ShouldNotContain(name => name.Contains("tmp", StringComparison.Ordinal));
            (!Directory.Exists(_folder.File("state")) || Directory.GetFiles(_folder.File("state"), "*.tmp").Length == 0).ShouldBeTrue();

            (await WgFleetAsync("restore", "--force", "--yes")).Error.ShouldBe(
                $"wg-fleet: a server still has database {Database} open, although its file was deleted or replaced: stop that server first\n");
        }

        var restored = await WgFleetAsync("restore", "--force", "--yes");
        restored.ExitCode.ShouldBe(0, restored.Error);

        await using var restarted = await StartAsync();
        restarted.Registry.Current.Fleet("alpha")!.ById.Values.Select(c => c.PublicKey.ToString()).ShouldBe([key]);
        restarted.Services.GetRequiredService<TokenRegistry>().All.Select(t => t.Name).ShouldBe(["ci"]);
        Some.Rows(Database, "SELECT type FROM events ORDER BY seq").ShouldBe(["startup", "client.added", "operator.token_created", "startup"]);
        Some.Rows(Database, "SELECT hook FROM hook_state WHERE hook = 'tell'").ShouldBe(["tell"]);
        Some.Rows(Database, "SELECT last_handshake IS NULL FROM clients").ShouldBe(["0"]);
        await restarted.JoinAsync();
    }

    [Fact]
    public async Task A_database_that_is_where_it_was_is_read_from_its_file()
    {
        await using var server = await StartAsync();
        using var operators = new HttpClient(server.Operators()) { BaseAddress = new Uri("http://localhost") };

        foreach (var path in new[] { Database, "/other/clients.db" })
            ((int)(await operators.GetAsync($"/api/v1/database?path={path}", TestServer.Ct)).StatusCode).ShouldBe(204);

        File.Delete(Database);
        ((int)(await operators.GetAsync("/api/v1/database?path=/other/clients.db", TestServer.Ct)).StatusCode).ShouldBe(204);
        ((int)(await operators.GetAsync($"/api/v1/database?path={Database}", TestServer.Ct)).StatusCode).ShouldBe(200);
        (await server.SendAsync(HttpMethod.Get, $"/api/v1/database?path={Database}")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task What_cannot_be_saved_is_said_and_no_backup_is_left()
    {
        await using var server = await StartAsync();
        File.WriteAllText(Database, "");

        var backup = await WgFleetAsync("backup");

        backup.ExitCode.ShouldBe(1);
        backup.Error.ShouldStartWith("wg-fleet: what the server still has of its database cannot be copied: ");
        File.Exists(_folder.File("backup")).ShouldBeFalse();
    }

    private Task<TestServer> StartAsync()
    {
        Directory.CreateDirectory(_folder.File("state"));
        return TestServer.StartAsync(_ => Some.Config(_folder.Path) with { Database = Database });
    }

    private Task<CommandRun> WgFleetAsync(string command, params string[] options)
    {
        var config = CommandRun.Config(_folder, text => text.Replace(_folder.File("clients.db"), Database, StringComparison.Ordinal));
        return CommandRun.RunAsync([command, _folder.File("backup"), "--config", config, .. options]);
    }

    private async Task ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-euc", script]) { WorkingDirectory = _folder.File("state") })!;
        await shell.WaitForExitAsync(TestServer.Ct);
        shell.ExitCode.ShouldBe(0);
    }
}
