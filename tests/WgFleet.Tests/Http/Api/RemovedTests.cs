using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WgFleet.Fleets.State;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

/// <summary>Those who were removed, and those who are pinned, as operators meet them.</summary>
public class RemovedTests
{
    [Fact]
    public async Task A_removed_client_is_listed_explained_and_restored()
    {
        await using var server = await StartAsync();
        var client = await ApiTests.NamedAsync(server, "web");
        await server.RunAsync("clients", "remove", "web");

        // The command counts ages on the clock of this machine, and the server's clock stands still.
        (await server.RunAsync("clients", "list", "--removed")).Out.ShouldMatch(
            $@"\ANAME  FLEET  ADDRESS +REMOVED  KEPT UNTIL  WHY\nweb   alpha  {client.Address}  \d+d +\d+d +removed by root\n\z");
        (await server.RunAsync("clients", "list", "--removed", "--fleet", "beta")).Out.ShouldNotContain("web");
        (await server.RunAsync("clients", "explain", "web")).Out.ShouldEndWith(
            $"There is no such client now.\nIt was removed by root; until 2026-01-09 03:04:05Z 'wg-fleet clients restore {client.Address}' restores it.\n");

        (await server.RunAsync("clients", "restore", "web")).ShouldBe(new(0, $"web of alpha is restored, with {client.Address} and its key\n", ""));
        (await server.RunAsync("clients", "list", "--removed")).Out.ShouldBe("NAME  FLEET  ADDRESS  REMOVED  KEPT UNTIL  WHY\n");
        (await server.RunAsync("clients", "explain", "web")).Out.ShouldContain($"restored by root, with {client.Address}\n");
        await Eventually.True(
            () => File.ReadAllText(server.Config.HostsFile) == $"{client.Address} web.alpha.example.test\n", () => server.Time.Advance(TimeSpan.FromMilliseconds(100)));
        (await server.PingAsync("""{"hostname":"web"}""", client.Address.ToString())).Status.ShouldBe(200);
        (await server.RunAsync("clients", "restore", "web")).ShouldBe(new(1, "", "wg-fleet: 'web' was not removed: it is a client now\n"));
        (await server.RunAsync("clients", "restore", "nosuch")).ShouldBe(new(1, "",
            "wg-fleet: no client 'nosuch' was removed, or it is no longer kept (tombstone_keep); 'wg-fleet clients list --removed' shows those that are\n"));
    }

    [Fact]
    public async Task Of_several_removed_clients_with_the_name_the_latest_is_restored_and_the_others_are_listed()
    {
        await using var server = await StartAsync();
        var clients = new List<RegisteredClient>();
        for (var i = 0; i < 3; i++)
        {
            clients.Add(await ApiTests.NamedAsync(server, "web"));
            server.Time.Advance(TimeSpan.FromSeconds(1));
            (await server.RunAsync("clients", "remove", "web")).ExitCode.ShouldBe(0);
        }

        var said = await server.RunAsync("clients", "restore", "web");
        said.Out.ShouldBe($"web of alpha is restored, with {clients[2].Address} and its key\n");
        said.Error.Split('\n').Length.ShouldBe(3);
        said.Error.ShouldContain($"wg-fleet: not restored: another web, {clients[0].Address}, removed 2026-01-02 03:04:06Z; restore it by its key: {clients[0].PublicKey}\n");

        (await server.RunAsync("clients", "restore", clients[0].PublicKey.ToString())).ShouldBe(new(1, "",
            $"wg-fleet: web of alpha is not restored: 'web' is now the name of {clients[2].Address}; rename that one first, with wg-fleet clients rename\n"));
        await server.RunAsync("clients", "rename", "web", "other");
        (await server.RunAsync("clients", "restore", clients[0].PublicKey.ToString())).Out.ShouldBe($"web of alpha is restored, with {clients[0].Address} and its key\n");
        (await server.RunAsync("clients", "restore", clients[1].Address.ToString(), "--json")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_name_removed_from_several_fleets_needs_the_fleet_to_be_restored()
    {
        await using var server = await StartAsync();
        await ApiTests.NamedAsync(server, "twin");
        var beta = await ApiTests.NamedAsync(server, "twin", "beta");
        await server.RunAsync("clients", "remove", "twin.alpha");
        await server.RunAsync("clients", "remove", "twin.beta");

        (await server.RunAsync("clients", "restore", "twin")).ShouldBe(new(1, "",
            "wg-fleet: 'twin' was removed from several fleets: beta, alpha; name the fleet too, or use the key\n"));
        (await server.RunAsync("clients", "restore", "twin", "--fleet", "beta")).Out.ShouldStartWith($"twin of beta is restored, with {beta.Address}");
        (await server.RunAsync("clients", "restore", "twin.alpha.example.test")).Out.ShouldStartWith("twin of alpha is restored");
    }

    [Fact]
    public async Task Removed_clients_are_listed_page_by_page_the_latest_first()
    {
        await using var server = await StartAsync();
        using var socket = server.Socket();
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            await ApiTests.NamedAsync(server, name);
            (await socket.DeleteAsync($"/api/v1/clients/{name}", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var (names, cursor) = (new List<string>(), (string?)"");
        for (; cursor is not null;)
        {
            var page = await socket.GetFromJsonAsync<JsonElement>($"/api/v1/removed?limit=2{cursor}", Ct);
            names.AddRange(page.GetProperty("removed").EnumerateArray().Select(c => c.GetProperty("hostname").GetString()!));
            cursor = page.TryGetProperty("next", out var next) ? $"&cursor={next.GetString()}" : null;
        }

        names.ShouldBe(["e", "d", "c", "b", "a"]);
        (await server.RunAsync("clients", "list", "--removed", "--limit", "2")).Error.ShouldBe("wg-fleet: more clients are not shown\n");
    }

    [Theory]
    [InlineData("GET", "/api/v1/removed?limit=0", 400, "limit is 1 to 1000")]
    [InlineData("GET", "/api/v1/removed?cursor=x", 400, "this is not a cursor of this list; begin again without it")]
    [InlineData("POST", "/api/v1/removed/nosuch/restore", 404, "no client 'nosuch' was removed, or it is no longer kept (tombstone_keep); 'wg-fleet clients list --removed' shows those that are")]
    [InlineData("PUT", "/api/v1/clients/nosuch/pin", 404, "there is no client 'nosuch'; name it by address, public key, name or name.fleet")]
    [InlineData("DELETE", "/api/v1/clients/nosuch/pin", 404, "there is no client 'nosuch'; name it by address, public key, name or name.fleet")]
    public async Task A_refusal_says_what_to_do(string method, string path, int status, string detail)
    {
        await using var server = await StartAsync();

        using var answer = await server.AskAsync(method, path, server.Token());

        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        ((int)answer.StatusCode, problem.GetProperty("detail").GetString()).ShouldBe((status, detail));
    }

    [Fact]
    public async Task A_pinned_client_is_shown_as_such_everywhere()
    {
        await using var server = await StartAsync();
        await ApiTests.NamedAsync(server, "web");
        await ApiTests.NamedAsync(server, "db");

        (await server.RunAsync("clients", "pin", "web")).ShouldBe(new(0, "web of alpha is pinned since 2026-01-02 03:04:05Z, by root\n", ""));
        (await server.RunAsync("clients", "list")).Out.Split('\n').Count(l => l.Contains("offline, pinned")).ShouldBe(1);
        (await server.RunAsync("clients", "show", "web")).Out.ShouldContain("pinned          since 2026-01-02 03:04:05Z, by root\n");
        (await server.RunAsync("clients", "show", "web", "--json")).Out.ShouldContain("\"pinned\":{\"since\":\"2026-01-02T03:04:05Z\",\"by\":\"root\"}");
        (await server.RunAsync("clients", "explain", "web")).Out.ShouldEndWith("It is pinned since 2026-01-02 03:04:05Z, by root: it is never pruned.\n");
        (await server.Http.GetStringAsync("/fleet/alpha", Ct)).Split(">pinned<").Length.ShouldBe(2);

        (await server.RunAsync("clients", "unpin", "web")).ShouldBe(new(0, "web of alpha is not pinned\n", ""));
        (await server.RunAsync("clients", "show", "web")).Out.ShouldContain("pinned          no\n");
        (await server.Http.GetStringAsync("/fleet/alpha", Ct)).ShouldNotContain(">pinned<", Case.Sensitive);
        (await server.RunAsync("clients", "pin", "nosuch")).ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData("clients", "list", "--removed", "--online")]
    [InlineData("clients", "list", "--removed", "--search", "x")]
    [InlineData("clients", "list", "--removed", "--sort", "hostname")]
    [InlineData("clients", "restore")]
    [InlineData("clients", "pin")]
    public async Task A_wrong_command_line_ends_with_exit_code_2(params string[] arguments) => (await CommandRun.RunAsync(arguments)).ExitCode.ShouldBe(2);
}
