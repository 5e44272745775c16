using Microsoft.Extensions.DependencyInjection;
using WgFleet.Hosting;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli;

/// <summary>What is wrong now, on the command line.</summary>
public class StatusCommandTests
{
    [Fact]
    public async Task If_nothing_is_wrong_it_says_so_and_ends_with_0()
    {
        await using var server = await StartAsync();

        (await server.RunAsync("status")).ShouldBe(new(0, "nothing is wrong\n", ""));
        (await server.RunAsync("status", "--json")).ShouldBe(new(0, "{\"troubles\":[]}\n", ""));
    }

    [Fact]
    public async Task If_something_is_wrong_it_says_what_since_when_and_what_to_do_and_ends_with_1()
    {
        await using var server = await StartAsync();
        await server.Registry.FreezeAsync("alpha", Acting.As("ops"));
        await using var part = server.Services.GetRequiredService<Supervisor>().Run("database", (_, stopping) => Task.Delay(Timeout.Infinite, stopping));
        part.Failed("the disk of the database is full; free some space, and it goes on by itself");

        (await server.RunAsync("status")).ShouldBe(new(1, """
            broken     database is failing: the disk of the database is full; free some
                       space, and it goes on by itself
                       since 2026-01-02 03:04:05Z
                       This part of the server is tried again by itself; the log says more:
                         journalctl -u wg-fleet
            attention  fleet alpha is frozen by ops
                       since 2026-01-02 03:04:05Z
                       Pruning and renaming are paused until it is thawed:
                         wg-fleet fleets thaw alpha

            """, ""));
        var json = await server.RunAsync("status", "--json");
        json.ExitCode.ShouldBe(1);
        json.Out.ShouldStartWith("{\"troubles\":[{\"kind\":\"part_failing\",\"severity\":\"broken\",");
    }

    [Fact]
    public async Task If_no_server_answers_it_ends_with_3_and_with_2_if_the_command_line_is_wrong()
    {
        using var folder = new Folder();
        var silent = await CommandRun.RunAsync("status", "--config", CommandRun.Config(folder));

        (silent.ExitCode, silent.Out).ShouldBe((3, ""));
        silent.Error.ShouldStartWith($"wg-fleet: no server answers at {folder.File("admin.sock")}; ");
        (await CommandRun.RunAsync("status", "more")).ExitCode.ShouldBe(2);
    }
}
