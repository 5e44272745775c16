using WgFleet.Tests.Http.Api;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli.ClientCommands;

public class ClientsCommandTests
{
    [Fact]
    public async Task Clients_are_listed_shown_renamed_explained_and_removed_over_the_socket()
    {
        await using var server = await StartAsync();
        var member = await ApiTests.NamedAsync(server, "web");
        await ApiTests.NamedAsync(server, "db", "beta");
        var config = Path.Combine(Path.GetDirectoryName(server.Config.Database)!, "cli.yaml");
        await File.WriteAllTextAsync(config, $"admin_socket: {server.Config.AdminSocket}\n{Yaml.Minimal}", Ct);

        (await RunAsync("fleets")).Out.ShouldMatch(@"\ANAME   STATE  CLIENTS  ONLINE  PRUNE  PHASE  UNTIL  SUBNET +REASON\nalpha  up     1        0       on     -      -      fd00:a::/64  -\nbeta ");
        var list = await RunAsync("clients", "list", "--sort", "hostname");
        list.Out.Split('\n').Select(l => l.Split(' ')[0]).ShouldBe(["NAME", "db", "web", ""]);
        (await RunAsync("clients", "list", "--limit", "1")).Error.ShouldBe("wg-fleet: 1 more are not shown\n");
        (await RunAsync("clients", "list", "--fleet", "beta", "--json")).Out.ShouldContain("\"found\":1}");
        (await RunAsync("clients", "show", member.PublicKey.ToString())).Out.ShouldContain($"address         {member.Address}\n");
        foreach (var name in new[] { "WEB", "Web.Alpha", "web.alpha.EXAMPLE.test", member.Address.ToString().ToUpperInvariant() })
            (await RunAsync("clients", "show", name)).Out.ShouldContain($"address         {member.Address}\n", customMessage: name);

        (await RunAsync("clients", "rename", "web", "shop")).ShouldBe(new CommandRun(0, $"{member.Address} of alpha is shop\n", ""));
        (await RunAsync("clients", "show", "shop")).Out.ShouldContain("named by        root, whatever the machine asks for\n");
        (await RunAsync("clients", "list", "-o", "csv")).Out.ShouldMatch(@",named_by,(?s:.*)\nshop,alpha,[^\n]*,shop\.alpha\.example\.test,root,");
        (await RunAsync("clients", "rename", "shop", "--release")).ShouldBe(new CommandRun(0, "shop of alpha may have the name that it asks for with its next ping\n", ""));
        (await RunAsync("clients", "show", "shop")).Out.ShouldNotContain("named by");
        (await RunAsync("clients", "rename", "shop", "No!")).ShouldBe(new CommandRun(1, "", "wg-fleet: hostname is 1 to 63 of a-z, 0-9, _ and -\n"));
        (await RunAsync("clients", "explain", "web")).Out.ShouldMatch("registered from 127.0.0.1, got [0-9a-f:]+\n.*got the name web\n.*renamed from web to shop by root\n.*root let the client have the name that it asks for\nThere is no such client now.\n");
        (await RunAsync("clients", "explain", "shop")).Out.ShouldContain("Now it is offline: last seen ");
        (await RunAsync("clients", "remove", "shop")).ShouldBe(new CommandRun(0, "shop of alpha is removed\n", ""));
        (await RunAsync("clients", "remove", "shop")).ExitCode.ShouldBe(1);
        (await RunAsync("clients", "explain", "shop")).Out.ShouldContain("removed by root\nThere is no such client now.\nIt was removed by root; until ");

        Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync([.. arguments, "--config", config]);
    }

    [Fact]
    public async Task A_client_has_the_same_names_everywhere_also_after_its_removal()
    {
        await using var server = await StartAsync();
        var member = await ApiTests.NamedAsync(server, "web");
        string[] names = ["WEB", "Web.Alpha", "web.alpha.EXAMPLE.test", member.Address.ToString().ToUpperInvariant(), member.PublicKey.ToString()];

        foreach (var name in names)
        {
            foreach (var command in new[] { "show", "explain", "pin", "unpin" })
                (await server.RunAsync("clients", command, name, "--fleet", "ALPHA")).ExitCode.ShouldBe(0, $"{command} {name}");

            (await server.RunAsync("clients", "remove", name)).ShouldBe(new CommandRun(0, "web of alpha is removed\n", ""), name);
            (await server.RunAsync("clients", "explain", name)).Out.ShouldContain("It was removed by root", customMessage: name);
            (await server.RunAsync("clients", "restore", name)).ExitCode.ShouldBe(0, name);
        }
    }

    [Theory]
    [InlineData("clients", "list", "--online", "--offline")]
    [InlineData("clients", "list", "--sort", "age")]
    [InlineData("clients", "list", "--limit", "0")]
    [InlineData("clients", "show")]
    public async Task A_wrong_command_line_ends_with_exit_code_2(params string[] arguments) => (await CommandRun.RunAsync(arguments)).ExitCode.ShouldBe(2);
}
