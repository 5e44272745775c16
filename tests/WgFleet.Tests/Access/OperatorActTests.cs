using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WgFleet.Access;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Tests.Harness;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>What operators do is in the event log: what it was, who did it, from where.</summary>
public class OperatorActTests
{
    private const string Desk = "203.0.113.7";

    [Fact]
    public async Task Each_act_is_one_event_that_names_the_operator_and_where_it_came_from()
    {
        await using var server = await StartAsync();
        var token = server.Token();
        var client = await server.JoinAsync();
        var head = server.Registry.Current.Sequence;

        await DoAsync("PUT", $"clients/{client.Address}/pin");
        await DoAsync("DELETE", $"clients/{client.Address}/pin");
        await DoAsync("POST", $"clients/{client.Address}/rename", """{"hostname":"web"}""");
        await DoAsync("DELETE", "clients/web/hostname");
        await DoAsync("POST", $"clients/{client.Address}/rename", """{"hostname":"web"}""");
        await DoAsync("DELETE", "clients/web");
        await DoAsync("POST", "removed/web/restore");
        await DoAsync("POST", "fleets/alpha/freeze");
        await DoAsync("POST", "fleets/alpha/thaw");

        (await EventsAsync(server, head)).ShouldBe(
        [
            "operator.client_pinned ops pinned the client",
            "operator.client_unpinned ops unpinned the client",
            "client.hostname_changed got the name web by ops",
            "operator.client_name_released ops let the client have the name that it asks for",
            "operator.client_name_kept ops made web the name that the client keeps",
            "client.removed removed by ops",
            $"client.added restored by ops, with {client.Address}",
            "client.hostname_changed got the name web by ops",
            "operator.fleet_frozen ops froze the fleet",
            "operator.fleet_thawed ops thawed the fleet",
        ]);
        var acts = await RawAsync(server, head);
        acts.Select(e => e.GetProperty("data").GetProperty("operator").GetRawText()).Distinct().ShouldBe([$$"""{"name":"ops","via":"token","address":"{{Desk}}"}"""]);
        acts[8].GetProperty("data").GetProperty("fleet").GetString().ShouldBe("alpha");
        acts[0].GetProperty("subject").GetString().ShouldBe($"fleets/alpha/clients/{client.Address}");

        async Task DoAsync(string method, string path, string? body = null)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/{path}");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", Desk);
            request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var answer = await server.Http.SendAsync(request, Ct);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task What_changes_nothing_is_no_act()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        using var root = server.Socket();
        await PostAsync("fleets/alpha/freeze");
        (await root.PutAsync($"/api/v1/clients/{client.Address}/pin", null, Ct)).EnsureSuccessStatusCode();
        var head = server.Registry.Current.Sequence;

        await PostAsync("fleets/alpha/freeze");
        await PostAsync("fleets/beta/thaw");
        (await root.PutAsync($"/api/v1/clients/{client.Address}/pin", null, Ct)).EnsureSuccessStatusCode();

        server.Registry.Current.Sequence.ShouldBe(head);

        async Task PostAsync(string path) => (await root.PostAsync($"/api/v1/{path}", null, Ct)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Tokens_and_reloads_are_acts_of_root_on_the_gateway_and_of_sessions_in_a_browser()
    {
        await using var server = await StartAsync();
        using var root = server.Socket();
        var created = await root.PostAsJsonAsync("/api/v1/tokens", new { name = "ops", scope = "write" }, Ct);
        var secret = JsonDocument.Parse(await created.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("secret").GetString()!;
        using var browser = new Browser(server);
        await browser.LogInAsync(secret);
        await browser.SubmitAsync("/tokens", "/tokens", ("name", "lab"), ("fleet", "alpha"), ("uses", "2"), ("lifetime", "7d"));
        var lab = server.Tokens().All.Single(t => t.Name == "lab");
        await browser.SubmitAsync("/tokens", $"/tokens/{lab.Id}/revoke");
        await root.PostAsync("/api/v1/reload", null, Ct);

        var told = await EventsAsync(server, 1);
        told.ShouldBe(
        [
            "operator.token_created root created the token ops: for operators, scope write",
            "operator.token_created ops created the token lab: for machines, 2 uses",
            "operator.token_revoked ops revoked the token lab",
            "operator.reload_asked root asked for a reload of the configuration",
        ]);
        (await RawAsync(server, 1)).Select(e => e.GetProperty("data").GetProperty("operator").GetProperty("via").GetString()).ShouldBe(["socket", "session", "session", "socket"]);
        (await RawAsync(server, 1)).ShouldAllBe(e => !e.GetRawText().Contains("wgf_"));
    }

    [Fact]
    public async Task An_allowed_prune_is_one_act_and_each_removal_names_the_operator()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { PruneTimeout = TimeSpan.FromMinutes(5) });
        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => test.JoinAsync()));
        await test.PassAsync(TimeSpan.FromMinutes(6));
        await test.Pruner.PruneAsync(Ct);
        var before = test.Events.Count;

        await test.Pruner.AllowAsync("alpha", test.Alpha.Held!.Number, Acting.As("ops"), Ct);

        var events = test.Events.Skip(before).ToList();
        events[0].ShouldBeOfType<OperatorActed>().ShouldSatisfyAllConditions(
            act => act.Type.ShouldBe(OperatorActs.PruneAllowed), act => act.Fleet.ShouldBe("alpha"), act => act.Detail.ShouldBe("of 300 clients"), act => act.Operator.ShouldBe(Acting.As("ops")));
        events.Skip(1).Cast<ClientRemoved>().Select(e => (e.Reason, e.Operator)).Distinct().ShouldBe([("stale", Acting.As("ops"))]);
        events.Count.ShouldBe(301);
    }

    [Fact]
    public async Task An_act_and_its_event_are_one_transaction()
    {
        await using var test = await TestRegistry.StartAsync();
        using var tokens = new TokenRegistry(new TokenStore(test.Database), test.Registry.RecordAsync, test.Time, new Microsoft.Extensions.Logging.Logger<TokenRegistry>(test.Log));
        await tokens.CreateAdminAsync("first", TokenRow.Read, null, Acting.As("root"));
        var before = test.Events.Count;

        Some.Execute(test.Config.Database, "CREATE TRIGGER refuse BEFORE INSERT ON tokens BEGIN SELECT RAISE(FAIL, 'disk full'); END");
        await Should.ThrowAsync<Exception>(tokens.CreateAdminAsync("second", TokenRow.Read, null, Acting.As("root")));
        Some.Execute(test.Config.Database, "DROP TRIGGER refuse");
        Some.Execute(test.Config.Database, "CREATE TRIGGER refuse BEFORE INSERT ON events BEGIN SELECT RAISE(FAIL, 'disk full'); END");
        await Should.ThrowAsync<Exception>(tokens.RevokeAsync(null, "first", Acting.As("root"), mayOpen: true));
        Some.Execute(test.Config.Database, "DROP TRIGGER refuse");

        test.Events.Count.ShouldBe(before);
        test.Stored.Rows("SELECT name, revoked_at FROM tokens").ShouldBe(["first|NULL"]);
        tokens.All.Select(t => (t.Name, t.RevokedAt)).ShouldBe([("first", null)]);
        await tokens.RevokeAsync(null, "first", Acting.As("root"), mayOpen: true);
        test.Stored.Rows("SELECT type FROM events WHERE type LIKE 'operator%' ORDER BY seq").ShouldBe(["operator.token_created", "operator.token_revoked"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_is_refused_from_before_its_revocation_is_an_event_and_again_accepted_if_that_fails(bool isSaved)
    {
        await using var test = await TestRegistry.StartAsync();
        (TokenRegistry Tokens, string Id, string Text)? made = null;
        var accepted = new List<bool>();
        using var tokens = new TokenRegistry(new TokenStore(test.Database), RecordAsync, test.Time, new Microsoft.Extensions.Logging.Logger<TokenRegistry>(test.Log));
        var (admin, secret) = await tokens.CreateAdminAsync("desk", TokenRow.Read, null, Acting.As("root"));
        made = (tokens, admin.Id, secret.Reveal());

        var revocation = tokens.RevokeAsync(null, "desk", Acting.As("root"), mayOpen: true);

        if (isSaved)
            await revocation;
        else
            await Should.ThrowAsync<IOException>(revocation);

        accepted.ShouldBe([false, false]);
        tokens.IsClosed.ShouldBe(!isSaved);
        Accepted(made.Value).ShouldBe([!isSaved, !isSaved]);

        async Task RecordAsync(OperatorActed act, Action<Connection>? write)
        {
            if (made is { } token)
            {
                token.Tokens.IsClosed.ShouldBeTrue();
                accepted.AddRange(Accepted(token));
                if (!isSaved)
                    throw new IOException("the disk is full");
            }

            await test.Registry.RecordAsync(act, write);
        }

        static bool[] Accepted((TokenRegistry Tokens, string Id, string Text) token) =>
            [token.Tokens.Live(token.Id) is not null, token.Tokens.Verify(token.Text, TokenRow.Admin) is not null];
    }

    private static async Task<IReadOnlyList<string>> EventsAsync(TestServer server, long after) =>
        [.. (await RawAsync(server, after)).Select(e => $"{e.GetProperty("type").GetString()} {Told(e)}")];

    private static async Task<IReadOnlyList<JsonElement>> RawAsync(TestServer server, long after)
    {
        using var root = server.Socket();
        var events = JsonDocument.Parse(await root.GetStringAsync($"/api/v1/events?after={after}", Ct)).RootElement.GetProperty("events");
        return [.. events.EnumerateArray().Select(e => e.GetProperty("event"))];
    }

    private static string Told(JsonElement e)
    {
        var type = e.GetProperty("type").GetString()!;
        return EventTypes.Tell(EventTypes.Find(type)!.Read(EventData.Parse(e.GetProperty("data").GetRawText()), EventStamp.New(1, DateTimeOffset.UnixEpoch)));
    }
}
