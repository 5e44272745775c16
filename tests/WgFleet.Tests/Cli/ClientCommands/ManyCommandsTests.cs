using WgFleet.Store;
using WgFleet.Tests.Http.Api;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli.ClientCommands;

/// <summary>Commands that change many clients.</summary>
public class ManyCommandsTests
{
    [Fact]
    public async Task Clients_are_tagged_pinned_renamed_and_removed_together()
    {
        await using var server = await StartAsync();
        var (web, db) = (await ApiTests.NamedAsync(server, "web"), await ApiTests.NamedAsync(server, "db"));
        await ApiTests.NamedAsync(server, "far", "beta");

        (await server.RunAsync("clients", "tag", "web", db.Address.ToString(), "far.beta", "--set", "room=e14")).ShouldBe(new(0, "web of alpha: room=e14\ndb of alpha: room=e14\nfar of beta: room=e14\n3 clients tagged\n", ""));
        (await server.RunAsync("clients", "pin", "--fleet", "alpha", "--tag", "room=e14")).ShouldBe(new(0, "web of alpha\ndb of alpha\n2 clients pinned\n", ""));
        (await server.RunAsync("clients", "list", "--pinned", "--state", "never")).Out.Split('\n').Select(l => l.Split(' ')[0]).ShouldBe(["NAME", "web", "db", ""]);
        (await server.RunAsync("clients", "rename", "--to", "pc-{n:2}", "--pinned", "--dry")).ShouldBe(new(0, "web of alpha -> pc-01\ndb of alpha -> pc-02\n2 clients would be renamed\n", ""));
        (await server.RunAsync("clients", "rename", "--to", "pc-{n:2}", "--pinned")).ShouldBe(new(0, "web of alpha -> pc-01\ndb of alpha -> pc-02\n2 clients renamed\n", ""));
        (await server.RunAsync("clients", "explain", "pc-01")).Out.ShouldContain("has the tags room=e14 by root");
        (await server.RunAsync("clients", "unpin", "pc-01", "pc-02")).Out.ShouldEndWith("2 clients unpinned\n");
        (await server.RunAsync("clients", "unpin", "pc-01", "pc-02")).Out.ShouldBe("pc-01 of alpha: nothing to change\npc-02 of alpha: nothing to change\n0 clients unpinned\n");
        (await server.RunAsync("clients", "remove", "--all", "--json")).Out.ShouldMatch("""^\[\{"fleet":"alpha","act":"remove","dry":false,"changed":2,.*\},\{"fleet":"beta","act":"remove","dry":false,"changed":1,.*\}\]\n$""");
        server.Registry.Current.Fleets.Sum(f => f.Count).ShouldBe(0);
        server.Log.Lines.ShouldContain(l => l.Message == "2 clients of fleet alpha removed by root");
    }

    [Fact]
    public async Task What_is_refused_changes_nobody_in_any_fleet()
    {
        await using var server = await StartAsync();
        await ApiTests.NamedAsync(server, "web");
        await ApiTests.NamedAsync(server, "db");
        await ApiTests.NamedAsync(server, "far", "beta");
        var before = server.Registry.Current.Sequence;

        (await server.RunAsync("clients", "rename", "--to", "same", "--all")).ShouldBe(new(1, "", "wg-fleet: the name 'same' can be given once: web and db would both get it; no client was renamed\n"));
        (await server.RunAsync("clients", "remove", "web", "nosuch")).ExitCode.ShouldBe(1);
        (await server.RunAsync("clients", "remove", "--search", "nosuch")).ShouldBe(new(1, "", "wg-fleet: no client is chosen; 'wg-fleet clients list' with the same options shows which are\n"));
        (await server.RunAsync("clients", "remove", "--search", "e", "--dry")).Out.ShouldEndWith(" would be removed\n");

        server.Registry.Current.Sequence.ShouldBe(before);
    }

    [Fact]
    public async Task More_names_than_one_request_holds_are_refused()
    {
        await using var server = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 1001).Select(_ => server.JoinAsync()));

        (await server.RunAsync("clients", "rename", "--to", "pc-{n}", "--all")).ShouldBe(
            new(1, "", "wg-fleet: 1001 clients of fleet alpha are chosen, and --to names at most 1000 at once; choose fewer\n"));
        (await server.RunAsync("clients", "pin", "--all")).Out.ShouldEndWith("1,001 clients pinned\n");
    }

    [Theory]
    [InlineData("CLIENT is missing; to choose clients without naming them use --tag, --state, --search, --pinned, --unnamed or --all", "remove")]
    [InlineData("CLIENT is missing; to choose clients without naming them use --tag, --state, --search, --pinned, --unnamed or --all", "remove", "--fleet", "alpha")]
    [InlineData("clients are chosen either by name, or by --tag, --state, --search, --pinned and --unnamed, or with --all", "pin", "web", "--all")]
    [InlineData("clients are chosen either by name, or by --tag, --state, --search, --pinned and --unnamed, or with --all", "unpin", "--pinned", "--all")]
    [InlineData("--set or --unset is missing", "tag", "web")]
    [InlineData("--tag 'room' is not KEY=VALUE", "remove", "--tag", "room")]
    [InlineData("--set 'room' is not KEY=VALUE", "tag", "web", "--set", "room")]
    [InlineData("CLIENT is missing", "rename")]
    [InlineData("NAME is missing", "rename", "web")]
    [InlineData("--release is for one CLIENT, and goes with nothing else", "rename", "web", "shop", "--release")]
    [InlineData("--release is for one CLIENT, and goes with nothing else", "rename", "--all", "--release")]
    [InlineData("there is more than a CLIENT and its new NAME; use --to PATTERN for many clients", "rename", "a", "b", "c")]
    [InlineData("--to is missing: the pattern of the new names", "rename", "--pinned")]
    [InlineData("use either --state or --online and --offline", "list", "--state", "online", "--online")]
    public async Task A_wrong_choice_is_told_in_one_line(string why, params string[] arguments)
    {
        var said = await CommandRun.RunAsync(["clients", .. arguments]);

        (said.ExitCode, said.Error.Split('\n')[0]).ShouldBe((2, $"wg-fleet: {why}"));
    }
}
