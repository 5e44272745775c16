using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

public class ApiTests
{
    [Fact]
    public async Task Paging_shows_every_client_once_although_others_are_removed_meanwhile()
    {
        await using var server = await StartAsync();
        var names = new List<string>();
        foreach (var name in new[] { "e", "d", "c", "b", "a" })
            names.Add((await NamedAsync(server, name)).Hostname!);

        using var socket = server.Socket();
        var seen = new List<string>();
        var cursor = "";
        do
        {
            var page = await socket.GetFromJsonAsync<JsonElement>($"/api/v1/clients?sort=hostname&limit=2{cursor}", Ct);
            seen.AddRange(page.GetProperty("clients").EnumerateArray().Select(c => c.GetProperty("hostname").GetString()!));
            cursor = page.TryGetProperty("next", out var next) ? $"&cursor={next.GetString()}" : null!;
            if (seen.Count == 2)
                (await socket.DeleteAsync("/api/v1/clients/a", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        while (cursor is not null);

        seen.ShouldBe(["a", "b", "c", "d", "e"]);
        (await ListAsync(socket, "descending=true&sort=hostname")).ShouldBe(["e", "d", "c", "b"]);
        (await ListAsync(socket, "q=c")).ShouldContain("c");
        (await ListAsync(socket, "fleet=beta")).ShouldBeEmpty();
        (await ListAsync(socket, "online=true")).ShouldBeEmpty();
        await server.HandshakeAsync(server.Registry.Current.Fleet("alpha")!.ByHostname["b"]);
        (await ListAsync(socket, "online=true")).ShouldBe(["b"]);
        (await ListAsync(socket, "online=false")).Count.ShouldBe(3);
        server.Time.Advance(TimeSpan.FromMinutes(4));
        (await ListAsync(socket, "online=false")).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_client_is_found_by_address_key_name_and_full_name()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "web");
        using var socket = server.Socket();

        foreach (var text in new[] { client.Address.ToString(), client.PublicKey.ToString(), "web", "web.alpha", "web.alpha.example.test" })
        {
            var found = await socket.GetFromJsonAsync<JsonElement>($"/api/v1/clients/{Uri.EscapeDataString(text)}", Ct);
            found.GetProperty("public_key").GetString().ShouldBe(client.PublicKey.ToString());
            found.GetProperty("fqdn").GetString().ShouldBe("web.alpha.example.test");
        }
    }

    [Theory]
    [InlineData("GET", "/api/v1/clients/nosuch", 404, "there is no client 'nosuch'; name it by address, public key, name or name.fleet")]
    [InlineData("GET", "/api/v1/clients/twin", 409, "'twin' is in several fleets: twin.alpha, twin.beta")]
    [InlineData("GET", "/api/v1/clients/twin?fleet=nosuch", 404, "there is no fleet 'nosuch'")]
    [InlineData("DELETE", "/api/v1/clients/nosuch", 404, "there is no client 'nosuch'; name it by address, public key, name or name.fleet")]
    [InlineData("GET", "/api/v1/clients?limit=0", 400, "limit is 1 to 1000")]
    [InlineData("GET", "/api/v1/clients?limit=x", 400, "limit is 'x', which is not a whole number, or is too large")]
    [InlineData("GET", "/api/v1/clients?sort=x", 400, "sort is one of registered, hostname, address, seen, handshake, traffic")]
    [InlineData("GET", "/api/v1/clients?cursor=x", 400, "the cursor does not belong to this order; begin again without it")]
    [InlineData("GET", "/api/v1/clients?cursor=%00", 400, "the cursor does not belong to this order; begin again without it")]
    [InlineData("GET", "/api/v1/clients?fleet=nosuch", 404, "there is no fleet 'nosuch'")]
    [InlineData("GET", "/api/v1/history/nosuch", 404, "there is no client 'nosuch'; name it by address, public key, name or name.fleet")]
    [InlineData("DELETE", "/api/v1/tokens/nosuch", 404, "there is no token 'nosuch'")]
    [InlineData("GET", "/sd/prometheus?fleet=nosuch", 404, "there is no fleet 'nosuch'")]
    [InlineData("GET", "/sd/prometheus?port=0", 400, "port is 1 to 65535")]
    [InlineData("POST", "/api/v1/clients/twin/rename", 400, "the body cannot be used: send a JSON object")]
    public async Task A_refusal_says_what_to_do_and_nothing_about_the_servers_internals(string method, string path, int status, string detail)
    {
        await using var server = await StartAsync();
        await NamedAsync(server, "twin");
        await NamedAsync(server, "twin", "beta");
        var token = server.Token();

        using var answer = await server.AskAsync(method, path, token);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        ((int)answer.StatusCode, problem.GetProperty("status").GetInt32(), problem.GetProperty("detail").GetString()).ShouldBe((status, status, detail));
        problem.EnumerateObject().Select(p => p.Name).ShouldBe(["type", "title", "status", "detail"]);
    }

    [Fact]
    public async Task A_removed_client_has_no_peer_and_the_log_says_who_removed_it()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "web");
        var token = server.Token(name: "kim");

        using var removed = await server.AskAsync("DELETE", "/api/v1/clients/web", token);

        removed.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);
        removed.Headers.GetValues("Wg-Fleet-Seq").Single().ShouldBe(server.Registry.Current.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture));
        server.Log.Lines.ShouldContain(l => l.Message == $"Client removed: fleet=alpha, ip={client.Address}, hostname=web, by kim");
        (await server.PingAsync("{}", client.Address.ToString())).Status.ShouldBe(404);
        (await server.AskAsync("DELETE", "/api/v1/clients/web", token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_rename_gives_exactly_the_requested_name_or_is_refused()
    {
        await using var server = await StartAsync();
        await NamedAsync(server, "one");
        await NamedAsync(server, "two");
        using var socket = server.Socket();

        (await RenameAsync("one", """{"hostname":"two"}""")).ShouldBe(409);
        (await RenameAsync("one", """{"hostname":"One!"}""")).ShouldBe(400);
        (await RenameAsync("one", """{"hostname":"evil\n"}""")).ShouldBe(400);
        (await RenameAsync("one", """{"hostname":5}""")).ShouldBe(400);
        (await RenameAsync("one", """{"hostname":"three","fleet":"beta"}""")).ShouldBe(400);
        (await RenameAsync("one", "null")).ShouldBe(400);
        (await RenameAsync("one", "[")).ShouldBe(400);
        (await ListAsync(socket, "")).ShouldBe(["one", "two"]);

        (await RenameAsync("one", """{"hostname":"three"}""")).ShouldBe(200);
        (await RenameAsync("three", """{"hostname":"three"}""")).ShouldBe(200);
        (await ListAsync(socket, "")).ShouldBe(["three", "two"]);

        async Task<int> RenameAsync(string client, string json)
        {
            using var answer = await socket.PostAsync($"/api/v1/clients/{client}/rename", new StringContent(json, Encoding.UTF8, "application/json"), Ct);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task The_history_of_a_name_covers_all_clients_that_had_it_also_removed_ones()
    {
        await using var server = await StartAsync();
        var first = await NamedAsync(server, "web");
        using var socket = server.Socket();
        (await socket.PostAsync("/api/v1/clients/web/rename", new StringContent("""{"hostname":"shop"}""", Encoding.UTF8, "application/json"), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await server.Registry.RemoveAsync("alpha", [first.Id], _ => true, "stale");
        var second = await NamedAsync(server, "web");

        var history = await socket.GetFromJsonAsync<JsonElement>("/api/v1/history/web", Ct);

        history.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("text").GetString()).ShouldBe(
        [
            $"registered from 127.0.0.1, got {first.Address}", "got the name web", "renamed from web to shop by root",
            "pruned: silent for longer than prune_timeout",
            $"registered from 127.0.0.1, got {second.Address}", "got the name web",
        ]);
        history.GetProperty("now").GetProperty("public_key").GetString().ShouldBe(second.PublicKey.ToString());
        (await socket.GetFromJsonAsync<JsonElement>($"/api/v1/history/{first.Address}", Ct)).GetProperty("lines").GetArrayLength().ShouldBe(4);
    }

    [Fact]
    public async Task Text_from_machines_is_shown_as_text_everywhere()
    {
        await using var server = await StartAsync();
        const string source = "<script>alert(1)</script>";
        using var registered = await server.AskAsync("POST", "/fleet/alpha/register", from: source);
        registered.StatusCode.ShouldBe(HttpStatusCode.OK);
        var client = server.Registry.Current.Fleet("alpha")!.ById.Values.Single();

        foreach (var path in new[] { "/fleet/alpha", "/", "/docs", $"/fleet/alpha?q={Uri.EscapeDataString(source)}", "/login" })
            (await server.Http.GetStringAsync(path, Ct)).ShouldNotContain("<script>");

        var json = await server.Http.GetFromJsonAsync<JsonElement>($"/api/v1/clients/{client.Address}", Ct);
        json.GetProperty("request_address").GetString().ShouldBe(client.RequestAddress);
        var command = await CommandRun.RunAsync("clients", "show", client.Address.ToString(), "--server", server.Addresses[0].ToString());
        (command.ExitCode, command.Error).ShouldBe((0, ""));
        command.Out.Where(char.IsControl).ShouldAllBe(c => c == '\n');
    }

    [Fact]
    public async Task No_secret_is_shown_anywhere()
    {
        await using var server = await StartAsync();
        var token = server.Token();
        using var registered = await server.Http.PostAsync("/fleet/alpha/register", null, Ct);
        var config = (await registered.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("config").GetString()!;
        var key = config.Split('\n').Single(l => l.StartsWith("PrivateKey = ", StringComparison.Ordinal))["PrivateKey = ".Length..];
        var gateway = File.ReadLines(Path.Combine(server.Config.WireGuardDirectory, "wg_alpha.conf")).Single(l => l.StartsWith("PrivateKey = ", StringComparison.Ordinal))["PrivateKey = ".Length..];
        string[] secrets = [token[13..], key, gateway];

        foreach (var path in new[]
        {
            "/", "/fleet/alpha", "/hooks", "/hooks/hosts_file", "/docs", "/metrics", "/sd/prometheus", "/api/v1/openapi.json", "/api/v1/fleets", "/api/v1/clients", "/api/v1/tokens",
            "/api/v1/hooks", "/api/v1/hooks/hosts_file", "/api/v1/events?last=1000", "/api/v1/deadletters",
        })
        {
            using var answer = await server.AskAsync("GET", path, token);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            var text = await answer.Content.ReadAsStringAsync(Ct);
            secrets.Where(text.Contains).ShouldBeEmpty(path);
        }

        secrets.Where(s => server.Log.Lines.Any(l => l.Message.Contains(s))).ShouldBeEmpty();
        secrets.Where(s => Some.Rows(server.Config.Database, "SELECT data FROM events").Any(r => r.Contains(s))).ShouldBeEmpty();
    }

    [Fact]
    public async Task No_header_from_a_machine_makes_it_an_operator()
    {
        await using var server = await StartAsync();
        await NamedAsync(server, "web");
        server.Token(TokenRow.Read);
        (string, string)[] claims =
        [
            ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "::1"), ("Forwarded", "for=127.0.0.1"), ("X-Real-IP", "127.0.0.1"), ("X-Original-URL", "/healthz"),
            ("X-Rewrite-URL", "/healthz"), ("X-HTTP-Method-Override", "GET"), ("Cookie", "wg-fleet-session=x"), ("Authorization", "Basic cm9vdDpyb290"),
        ];

        foreach (var claim in claims)
        {
            using var removed = await server.AskAsync("DELETE", "/api/v1/clients/web", headers: claim);
            removed.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, claim.ToString());
        }
    }

    internal static async Task<WgFleet.Fleets.State.RegisteredClient> NamedAsync(TestServer server, string name, string fleet = "alpha")
    {
        var client = await server.JoinAsync(fleet);
        (await server.PingAsync($$"""{"hostname":"{{name}}"}""", client.Address.ToString(), fleet)).Status.ShouldBe(200);
        return server.Registry.Current.Fleet(fleet)!.ByAddress[client.Address];
    }

    private static async Task<List<string>> ListAsync(HttpClient socket, string query) =>
        [.. (await socket.GetFromJsonAsync<JsonElement>($"/api/v1/clients?{query}", Ct)).GetProperty("clients").EnumerateArray().Select(c => c.GetProperty("hostname").GetString()!)];
}
