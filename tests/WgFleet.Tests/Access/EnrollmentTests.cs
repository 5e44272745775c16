using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>Who may register: by token, by source, by how often.</summary>
public class EnrollmentTests
{
    private static readonly EnrollmentConfig Closed = new() { NeedsToken = true };

    [Fact]
    public async Task A_machine_without_a_valid_token_cannot_register_in_a_closed_fleet()
    {
        await using var server = await ClosedAsync();
        var good = Token(server, new("lab"));
        var admin = server.Token();

        (await RefusalAsync(server, null)).ShouldBe((401, "Bearer", "This fleet takes an enrollment token: Authorization: Bearer wgf_..."));
        (await RefusalAsync(server, "Basic eDp5")).ShouldBe((401, "Bearer", "This fleet takes an enrollment token: Authorization: Bearer wgf_..."));
        foreach (var bad in new[] { "", "x", good[..^1] + (good[^1] == 'A' ? 'B' : 'A'), good + "A", good.ToUpperInvariant(), $"wgf_00000000{good[12..]}", admin, good + ", Bearer " + good })
            (await RefusalAsync(server, $"Bearer {bad}")).ShouldBe((401, "Bearer error=\"invalid_token\"", "This is not an enrollment token"), bad);

        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);
        (await JoinAsync(server, good)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_refusal_of_a_token_says_why()
    {
        await using var server = await ClosedAsync();
        var (expired, one, revoked, beta) = (
            Token(server, new("expired") { Lifetime = TimeSpan.FromMinutes(1) }), Token(server, new("one") { MaxUses = 1 }), Token(server, new("revoked")), Token(server, new("beta") { Fleets = ["beta"] }));
        server.Time.Advance(TimeSpan.FromMinutes(1));
        server.Tokens().Revoke(TokenRow.Enrollment, "revoked", "a test", mayOpen: true);
        (await JoinAsync(server, one)).ShouldBe(HttpStatusCode.OK);

        (await RefusalAsync(server, $"Bearer {expired}")).ShouldBe((403, null, "The token has expired"));
        (await RefusalAsync(server, $"Bearer {one}")).ShouldBe((403, null, "The token is used up"));
        (await RefusalAsync(server, $"Bearer {revoked}")).ShouldBe((403, null, "The token is revoked"));
        (await RefusalAsync(server, $"Bearer {beta}")).ShouldBe((403, null, "The token is for another fleet"));
        (await JoinAsync(server, beta, "beta")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_for_several_fleets_lets_a_machine_into_each_and_every_client_is_a_use()
    {
        await using var server = await StartAsync(c => With(c, Closed) with { Fleets = [.. With(c, Closed).Fleets, Some.Fleet("gamma", "fd00:c::/64", 51900) with { Enrollment = Closed }] });
        var token = Token(server, new("desk") { Fleets = ["alpha", "beta"], MaxUses = 3 });

        (await JoinAsync(server, token)).ShouldBe(HttpStatusCode.OK);
        (await JoinAsync(server, token, "beta")).ShouldBe(HttpStatusCode.OK);
        (await JoinAsync(server, token, "gamma")).ShouldBe(HttpStatusCode.Forbidden);
        (await JoinAsync(server, token, "beta")).ShouldBe(HttpStatusCode.OK);

        (await RefusalAsync(server, $"Bearer {token}")).ShouldBe((403, null, "The token is used up"));
        server.Tokens().Enrollment(token)!.Row.Uses.ShouldBe(3);
    }

    [Fact]
    public async Task A_token_keeps_its_fleets_through_a_restart_and_lets_nobody_into_one_that_is_gone()
    {
        await using var server = await ClosedAsync();
        var token = Token(server, new("desk") { Fleets = ["alpha", "last-year"] });

        using var read = new TokenRegistry(new TokenStore(server.Services.GetRequiredService<WgFleet.Store.Engine.Database>()), (_, _) => Task.CompletedTask, server.Time, new Logger<TokenRegistry>(server.Log));
        read.Enrollment(token)!.Row.Fleets.ShouldBe(["alpha", "last-year"]);
        (await JoinAsync(server, token, "last-year")).ShouldBe(HttpStatusCode.NotFound);
        using var socket = server.Socket();
        var shown = (await socket.GetFromJsonAsync<JsonElement>("/api/v1/tokens", Ct)).GetProperty("tokens")[0];
        shown.GetProperty("unknown_fleets").EnumerateArray().Select(f => f.GetString()).ShouldBe(["last-year"]);
        shown.TryGetProperty("fleet", out _).ShouldBeFalse("whoever reads only that would take the token for one fleet's");
    }

    [Fact]
    public async Task A_client_that_registers_again_with_its_key_is_answered_until_its_token_is_revoked()
    {
        await using var server = await ClosedAsync();
        var token = Token(server, new("one") { MaxUses = 1, Lifetime = TimeSpan.FromHours(1) });
        var body = JsonContent.Create(new { public_key = Some.Key().ToString() });

        (await JoinAsync(server, token, body: body)).ShouldBe(HttpStatusCode.OK);
        server.Time.Advance(TimeSpan.FromHours(1));
        (await JoinAsync(server, token, body: body)).ShouldBe(HttpStatusCode.OK);
        (await JoinAsync(server, null, body: body)).ShouldBe(HttpStatusCode.Unauthorized);
        server.Tokens().Revoke(TokenRow.Enrollment, "one", "a test", mayOpen: true);
        (await JoinAsync(server, token, body: body)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_enrollment_token_gives_no_access_to_what_operators_use()
    {
        await using var server = await ClosedAsync();
        var token = Token(server, new("lab"));

        server.Tokens().IsClosed.ShouldBeFalse("machines' tokens close nothing to operators");
        (await server.AskAsync("GET", "/api/v1/clients", token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        server.Token();
        (await server.AskAsync("GET", "/", token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await server.AskAsync("DELETE", "/api/v1/clients/x", token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var browser = new Browser(server);
        (await browser.LogInAsync(token)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_open_fleet_ignores_tokens()
    {
        await using var server = await StartAsync();

        (await JoinAsync(server, "wgf_anything")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("203.0.113.7", true)]
    [InlineData("203.0.113.7, 127.0.0.1", true)]
    [InlineData("::ffff:203.0.113.7", true)]
    [InlineData("2001:db8::7", true)]
    [InlineData("198.51.100.7, 203.0.113.7", true)]
    [InlineData("203.0.113.7, 198.51.100.7", false)]
    [InlineData("198.51.100.7", false)]
    [InlineData(null, false)]
    [InlineData("203.0.113.7/24", false)]
    [InlineData("<b>", false)]
    public async Task Only_the_networks_of_enrollment_allow_may_register(string? from, bool mayJoin)
    {
        await using var server = await StartAsync(c => With(c, new EnrollmentConfig { Allow = [IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("2001:db8::/32")] }));

        using var answer = await RegisterAsync(server, null, from: from);

        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct)).ShouldSatisfyAllConditions(
            a => a.Item1.ShouldBe(mayJoin ? 200 : 403),
            a => a.Item2.ShouldContain(mayJoin ? "success" : """{"detail":"Registration is not allowed from this address"}"""));
    }

    [Fact]
    public async Task A_source_over_its_rate_is_told_when_to_retry_and_does_not_affect_others()
    {
        await using var server = await StartAsync(c => With(c, new EnrollmentConfig { SourceRate = new Rate(3, TimeSpan.FromHours(1)), FleetRate = new Rate(5, TimeSpan.FromHours(1)) }));

        for (var i = 0; i < 3; i++)
            (await JoinAsync(server, null, from: "203.0.113.7")).ShouldBe(HttpStatusCode.OK);
        await RefusedAsync("203.0.113.7", "Too many registrations from this address");
        await RefusedAsync("203.0.113.7", "Too many registrations from this address");

        // Addresses of one network of 64 bits are one source; what a source was refused takes nothing from its fleet.
        (await JoinAsync(server, null, from: "2001:db8:1:2::1")).ShouldBe(HttpStatusCode.OK);
        (await JoinAsync(server, null, from: "2001:db8:1:2:ffff::9")).ShouldBe(HttpStatusCode.OK);
        await RefusedAsync("2001:db8:9::1", "Too many registrations in this fleet");
        (await JoinAsync(server, null, "beta", from: "203.0.113.7")).ShouldBe(HttpStatusCode.OK, "each fleet counts for itself");

        async Task RefusedAsync(string from, string why)
        {
            using var answer = await RegisterAsync(server, null, from: from);
            answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
            (await answer.Content.ReadAsStringAsync(Ct)).ShouldBe($$"""{"detail":"{{why}}"}""");
        }
    }

    [Fact]
    public async Task Requests_with_wrong_tokens_count_for_the_rate()
    {
        await using var server = await StartAsync(c => With(c, Closed with { SourceRate = new Rate(2, TimeSpan.FromHours(1)) }));

        (await JoinAsync(server, "x")).ShouldBe(HttpStatusCode.Unauthorized);
        (await JoinAsync(server, "y")).ShouldBe(HttpStatusCode.Unauthorized);
        (await JoinAsync(server, "z")).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public void The_rate_limiter_uses_bounded_memory_for_a_hundred_thousand_sources()
    {
        using var throttle = new Throttle();
        var fleet = Some.Fleet("alpha", "fd00:a::/64") with { Enrollment = new EnrollmentConfig { SourceRate = new Rate(1, TimeSpan.FromHours(1)) } };
        var refused = 0;
        var bytes = new byte[16];
        for (var i = 0; i < 100_000; i++)
        {
            BitConverter.TryWriteBytes(bytes, i * 2654435761);
            if (throttle.IsTooSoon(fleet, new IPAddress(bytes), out _, out _))
                refused++;
        }

        // One place a box: what is not refused has made one.
        (100_000 - refused).ShouldBeInRange(1, 16_384);
        throttle.IsTooSoon(fleet, null, out var wait, out var whose).ShouldBeTrue();
        wait.ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        whose.ShouldBe("from this address");
    }

    [Fact]
    public async Task The_log_and_the_dashboard_name_open_fleets_and_not_closed_ones()
    {
        await using var server = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { Enrollment = Closed }, c.Fleets[1]] });
        await using var closed = await ClosedAsync();

        server.Log.At(LogLevel.Warning).ShouldContain("Enrollment is open: any machine that reaches this server can join beta. Set 'enrollment: token' to require a token");
        closed.Log.Lines.ShouldNotContain(l => l.Message.Contains("Enrollment is open"));
        using var browser = new Browser(server);
        (await browser.PageAsync("/")).QuerySelector(".open")!.TextContent.ShouldContain("can join beta.");
        (await browser.PageAsync("/fleet/beta")).QuerySelector(".open").ShouldNotBeNull();
        (await browser.PageAsync("/fleet/alpha")).QuerySelector(".open").ShouldBeNull();
    }

    [Fact]
    public async Task The_API_creates_enrollment_tokens_and_shows_their_remaining_uses_and_clients()
    {
        await using var server = await ClosedAsync();
        using var socket = server.Socket();

        using var made = await socket.PostAsJsonAsync("/api/v1/tokens", new
        {
            kind = "enrollment",
            name = "lab",
            fleet = "alpha",
            max_uses = 2,
            lifetime_seconds = 3600,
            prune_timeout_seconds = 7200,
            tags = new { room = "e14" },
        }, Ct);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var secret = (await made.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("secret").GetString()!;
        (await JoinAsync(server, secret)).ShouldBe(HttpStatusCode.OK);

        var shown = (await socket.GetFromJsonAsync<JsonElement>("/api/v1/tokens", Ct)).GetProperty("tokens")[0];
        shown.GetProperty("uses").GetInt32().ShouldBe(1);
        shown.GetProperty("max_uses").GetInt32().ShouldBe(2);
        shown.GetProperty("state").GetString().ShouldBe("live");
        var client = (await socket.GetFromJsonAsync<JsonElement>("/api/v1/clients", Ct)).GetProperty("clients")[0];
        client.GetProperty("prune_timeout_seconds").GetInt64().ShouldBe(7200);
        client.GetProperty("tags").GetProperty("room").GetString().ShouldBe("e14");
        (await JoinAsync(server, secret)).ShouldBe(HttpStatusCode.OK);
        (await socket.GetFromJsonAsync<JsonElement>("/api/v1/tokens", Ct)).GetProperty("tokens")[0].GetProperty("state").GetString().ShouldBe("used_up");
        (await socket.DeleteAsync("/api/v1/tokens/lab", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"kind":"root","name":"x"}""", "kind is admin or enrollment")]
    [InlineData("""{"kind":"enrollment","name":"x","scope":"read"}""", "scope is for kind admin")]
    [InlineData("""{"name":"x","scope":"read","fleet":"alpha"}""", "fleet, fleets, max_uses, prune_timeout_seconds and tags are for kind enrollment")]
    [InlineData("""{"kind":"enrollment","name":"x","fleet":"nosuch"}""", "there is no fleet 'nosuch'")]
    [InlineData("""{"name":"x","scope":"read","fleets":["alpha"]}""", "fleet, fleets, max_uses, prune_timeout_seconds and tags are for kind enrollment")]
    [InlineData("""{"kind":"enrollment","name":"x","fleets":["alpha","nosuch"]}""", "there is no fleet 'nosuch'")]
    [InlineData("""{"kind":"enrollment","name":"x","fleets":[null]}""", "there is no fleet ''")]
    [InlineData("""{"kind":"enrollment","name":"x","fleets":[]}""", "a token is for all fleets, or for 1 to 100")]
    [InlineData("""{"kind":"enrollment","name":"x","fleet":"alpha","fleets":["beta"]}""", "fleet is for one fleet and fleets for several, use one of them")]
    [InlineData("""{"kind":"enrollment","name":"x","max_uses":0}""", "a token has at least 1 use")]
    [InlineData("""{"kind":"enrollment","name":"x","prune_timeout_seconds":59}""", "a client's prune timeout is 1m to 3650d")]
    [InlineData("""{"kind":"enrollment","name":"x","prune_timeout_seconds":99999999999999999}""", "prune_timeout_seconds is 60 to 315360000")]
    [InlineData("""{"kind":"enrollment","name":"x","tags":{"room":null}}""", "a tag is key=value: the key is a letter and up to 31 more of a-z 0-9 _ . -, and the value is 1 to 64 of A-Z a-z 0-9 _ . : / @ + -")]
    [InlineData("""{"kind":"enrollment","name":"x","uses":5}""", "the body cannot be used: uses is not what it should be")]
    public async Task The_API_refuses_invalid_token_requests_with_the_reason(string body, string detail)
    {
        await using var server = await StartAsync();
        using var socket = server.Socket();

        using var answer = await socket.PostAsync("/api/v1/tokens", new StringContent(body, null, "application/json"), Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("detail").GetString().ShouldBe(detail);
        server.Tokens().All.ShouldBeEmpty();
    }

    private static ServerConfig With(ServerConfig config, EnrollmentConfig enrollment) =>
        config with { Fleets = [.. config.Fleets.Select(f => f with { Enrollment = enrollment })] };

    // No clock that a test sets makes anybody quiet for too long.
    private static Task<TestServer> ClosedAsync() => StartAsync(c => With(c, Closed) with { PruneTimeout = TimeSpan.FromDays(1) });

    private static string Token(TestServer server, EnrollmentTerms terms) => server.Tokens().CreateEnrollment(terms, "a test").Secret.Reveal();

    private static async Task<HttpStatusCode> JoinAsync(TestServer server, string? token, string fleet = "alpha", HttpContent? body = null, string? from = null)
    {
        using var answer = await RegisterAsync(server, token is null ? null : $"Bearer {token}", fleet, body, from);
        return answer.StatusCode;
    }

    private static async Task<(int Status, string? Challenge, string? Detail)> RefusalAsync(TestServer server, string? authorization)
    {
        using var answer = await RegisterAsync(server, authorization);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        return ((int)answer.StatusCode, answer.Headers.WwwAuthenticate.SingleOrDefault()?.ToString(), json.GetProperty("detail").GetString());
    }

    private static Task<HttpResponseMessage> RegisterAsync(TestServer server, string? authorization, string fleet = "alpha", HttpContent? body = null, string? from = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/fleet/{fleet}/register") { Content = body };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (from is not null)
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", from);

        return server.Http.SendAsync(request, Ct);
    }
}
