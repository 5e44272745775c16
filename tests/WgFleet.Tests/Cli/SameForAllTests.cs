using Microsoft.Extensions.DependencyInjection;
using WgFleet.Hosting;
using WgFleet.Tests.Http.Api;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli;

/// <summary>What is the same for all commands: a fleet is named in any case, and times are those of this machine, or with --utc UTC.</summary>
public class SameForAllTests
{
    [Fact]
    public async Task Every_command_takes_the_name_of_a_fleet_in_any_case()
    {
        await using var server = await StartAsync();
        var client = await ApiTests.NamedAsync(server, "web");

        (await server.RunAsync("clients", "list", "--fleet", "ALPHA", "--json")).Out.ShouldContain("\"found\":1");
        (await server.RunAsync("clients", "show", "web", "--fleet", "ALPHA")).ExitCode.ShouldBe(0);
        (await server.RunAsync("fleets", "freeze", "ALPHA")).ExitCode.ShouldBe(0);
        (await server.RunAsync("fleets", "thaw", "ALPHA")).ExitCode.ShouldBe(0);
        (await server.RunAsync("rollcall", "ALPHA")).Error.ShouldContain("alpha");
        (await server.RunAsync("prune", "allow", "ALPHA")).Error.ShouldBe("wg-fleet: no prune of fleet 'alpha' is held\n");
        (await server.RunAsync("tokens", "create", "--enroll", "lab", "--fleet", "ALPHA")).Error.ShouldContain("of fleet alpha.");
        (await server.SendAsync(HttpMethod.Get, "/sd/prometheus?fleet=ALPHA")).Body.ShouldContain("web");

        await server.Registry.RemoveClientAsync(client, Acting.As("ops"));
        (await server.RunAsync("clients", "list", "--removed", "--fleet", "ALPHA", "--json")).Out.ShouldContain("\"hostname\":\"web\"");
        (await server.RunAsync("clients", "restore", "web", "--fleet", "ALPHA")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Every_command_prints_times_of_this_machine_or_with_utc_those_of_UTC()
    {
        await using var server = await StartAsync();
        await ApiTests.NamedAsync(server, "web");
        await server.Registry.FreezeAsync("beta", Acting.As("ops"));
        await using var part = server.Services.GetRequiredService<Supervisor>().Run("example", (_, stopping) => Task.Delay(Timeout.Infinite, stopping));
        part.Failed("wrong");
        var config = await server.WriteConfigAsync();

        foreach (var command in new[] { "clients show web", "clients explain web", "clients pin web", "status", "fleets freeze beta", "hooks show hosts_file" })
        {
            (await RunAsync(command)).ShouldContain("2026-01-02 08:34:05+05:30", customMessage: command);
            (await RunAsync(command + " --utc")).ShouldContain("2026-01-02 03:04:05Z", customMessage: command);
        }

        async Task<string> RunAsync(string command) => (await CommandRun.InZoneAsync("Asia/Kolkata", [.. command.Split(' '), "--config", config])).Out;
    }
}
