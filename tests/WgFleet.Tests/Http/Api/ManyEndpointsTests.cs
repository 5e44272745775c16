using System.Net;
using System.Text;
using System.Text.Json;
using WgFleet.Store;
using WgFleet.Tests.Harness;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

/// <summary>One act on many clients over the API, and the filters of the list.</summary>
public class ManyEndpointsTests
{
    [Fact]
    public async Task Clients_are_chosen_by_name_or_by_condition_and_each_is_told_of()
    {
        await using var server = await StartAsync();
        var (web, db) = (await ApiTests.NamedAsync(server, "web"), await ApiTests.NamedAsync(server, "db"));
        await ApiTests.NamedAsync(server, "far", "beta");

        (await DoAsync(server, $$$"""{"fleet":"alpha","act":"tag","clients":["web","{{{db.Address}}}","WEB.alpha"],"set":{"room":"e14"}}""")).ShouldBe(
            $$$"""{"fleet":"alpha","act":"tag","dry":false,"changed":2,"clients":[{{{Client(web, "web")}}},"outcome":"done","tags":{"room":"e14"}},{{{Client(db, "db")}}},"outcome":"done","tags":{"room":"e14"}}]}""");
        (await DoAsync(server, """{"fleet":"alpha","act":"pin","where":{"tag":"room=e14","q":"web"}}""")).ShouldContain("\"changed\":1,");
        (await DoAsync(server, """{"fleet":"alpha","act":"pin","where":{"all":true}}""")).ShouldBe(
            $$$"""{"fleet":"alpha","act":"pin","dry":false,"changed":1,"clients":[{{{Client(web, "web")}}},"outcome":"unchanged"},{{{Client(db, "db")}}},"outcome":"done"}]}""");
        (await DoAsync(server, """{"fleet":"alpha","act":"rename","pattern":"pc-{n:2}","where":{"pinned":true},"dry":true}""")).ShouldContain("\"new_hostname\":\"pc-02\"");
        server.Registry.Current.Fleet("alpha")!.ByHostname.Keys.ShouldBe(["web", "db"], ignoreOrder: true);
        (await DoAsync(server, """{"fleet":"alpha","act":"rename","pattern":"pc-{n:2}","where":{"pinned":true}}""")).ShouldContain("\"changed\":2,");
        (await DoAsync(server, """{"fleet":"alpha","act":"remove","where":{"q":"pc-"}}""")).ShouldContain("\"changed\":2,");
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);
        server.Registry.Current.Fleet("beta")!.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"act":"remove","clients":["web"]}""", 400, "fleet is missing")]
    [InlineData("""{"fleet":"alpha","act":"burn","clients":["web"]}""", 400, "act is one of remove, pin, unpin, tag, rename")]
    [InlineData("""{"fleet":"alpha","act":"remove"}""", 400, "choose the clients with either clients or where")]
    [InlineData("""{"fleet":"alpha","act":"remove","clients":["web"],"where":{"q":"web"}}""", 400, "choose the clients with either clients or where")]
    [InlineData("""{"fleet":"alpha","act":"remove","where":{}}""", 400, "where has no condition; for all clients of the fleet say {\"all\":true}")]
    [InlineData("""{"fleet":"alpha","act":"remove","where":{"all":true,"q":"web"}}""", 400, "with all there is no other condition")]
    [InlineData("""{"fleet":"alpha","act":"remove","where":{"all":false}}""", 400, "where has no condition; for all clients of the fleet say {\"all\":true}")]
    [InlineData("""{"fleet":"alpha","act":"remove","where":{"state":"dead"}}""", 400, "state is one of online, offline, never")]
    [InlineData("""{"fleet":"alpha","act":"remove","clients":[]}""", 409, "no client of fleet alpha is chosen")]
    [InlineData("""{"fleet":"alpha","act":"remove","where":{"q":"nosuch"}}""", 409, "no client of fleet alpha is chosen")]
    [InlineData("""{"fleet":"alpha","act":"remove","clients":["web","nosuch"]}""", 404, "there is no client 'nosuch'; name it by address, public key, name or name.fleet")]
    [InlineData("""{"fleet":"alpha","act":"remove","clients":["web"],"set":{"a":"b"}}""", 400, "set and unset are for tag")]
    [InlineData("""{"fleet":"alpha","act":"tag","clients":["web"]}""", 400, "there is no tag to set or unset")]
    [InlineData("""{"fleet":"alpha","act":"tag","clients":["web"],"set":{"a":"b c"}}""", 400, "'a=b c' is not a tag")]
    [InlineData("""{"fleet":"alpha","act":"tag","clients":["web"],"set":{"a":"b"},"unset":["a"]}""", 400, "the tag 'a' is set and unset")]
    [InlineData("""{"fleet":"alpha","act":"rename","clients":["web"]}""", 400, "a pattern of the new names is missing")]
    [InlineData("""{"fleet":"alpha","act":"rename","clients":["web","db"],"pattern":"same"}""", 409, "the name 'same' can be given once: web and db would both get it")]
    [InlineData("""{"fleet":"alpha","act":"rename","clients":["web"],"pattern":"db"}""", 409, "the name 'db' can be given once:")]
    [InlineData("""{"fleet":"alpha","act":"remove","clients":["web"],"more":1}""", 400, "")]
    public async Task What_is_wrong_is_refused_as_a_whole(string body, int status, string why)
    {
        await using var server = await StartAsync();
        await ApiTests.NamedAsync(server, "web");
        await ApiTests.NamedAsync(server, "db");
        var before = server.Registry.Current.Sequence;

        using var answer = await SendAsync(server, body);

        ((int)answer.StatusCode).ShouldBe(status);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("detail").GetString()!.ShouldStartWith(why);
        server.Registry.Current.Sequence.ShouldBe(before);
    }

    [Fact]
    public async Task A_token_for_reading_acts_on_nobody()
    {
        await using var server = await StartAsync();
        var token = server.Token(TokenRow.Read);

        using var answer = await server.AskAsync("POST", "/api/v1/clients", token);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("state=online", "web")]
    [InlineData("state=offline", "db ?")]
    [InlineData("state=never", "db ?")]
    [InlineData("pinned=true", "db")]
    [InlineData("pinned=false", "web ?")]
    [InlineData("unnamed=true", "?")]
    [InlineData("unnamed=false", "web db")]
    [InlineData("tag=room%3De14", "web")]
    [InlineData("tag=room", "")]
    [InlineData("online=true&pinned=false", "web")]
    public async Task The_list_has_the_filters_of_the_pages(string query, string names)
    {
        await using var server = await StartAsync();
        var (web, db) = (await ApiTests.NamedAsync(server, "web"), await ApiTests.NamedAsync(server, "db"));
        await server.JoinAsync();
        await server.HandshakeAsync(web, received: 100);
        await server.Registry.PinAsync("alpha", db.Id, Acting.As("ops"));
        await server.Registry.TagAsync("alpha", [web.Id], new Dictionary<string, string> { ["room"] = "e14" }, [], Acting.As("ops"));
        using var root = server.Socket();

        var found = JsonDocument.Parse(await root.GetStringAsync($"/api/v1/clients?{query}", Ct)).RootElement.GetProperty("clients").EnumerateArray();

        string.Join(' ', found.Select(c => c.TryGetProperty("hostname", out var name) ? name.GetString() : "?")).ShouldBe(names);
    }

    [Theory]
    [InlineData("state=dead", "state is one of online, offline, never")]
    [InlineData("state=online&online=true", "use either online or state")]
    public async Task A_filter_that_is_not_understood_is_refused(string query, string why)
    {
        await using var server = await StartAsync();
        using var root = server.Socket();

        using var answer = await root.GetAsync($"/api/v1/clients?{query}", Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain(why);
    }

    private static string Client(WgFleet.Fleets.State.RegisteredClient client, string name) =>
        $$"""{"address":"{{client.Address}}","public_key":"{{client.PublicKey}}","hostname":"{{name}}" """.TrimEnd();

    private static async Task<string> DoAsync(TestServer server, string body)
    {
        using var answer = await SendAsync(server, body);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text.Replace("\\u002B", "+", StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, string body)
    {
        using var root = server.Socket();
        return await root.PostAsync("/api/v1/clients", new StringContent(body, Encoding.UTF8, "application/json"), Ct);
    }
}
