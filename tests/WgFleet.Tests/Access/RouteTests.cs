using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>All routes of the running server, whoever adds them.</summary>
public partial class RouteTests
{
    // Whoever adds to this list opens a path to everybody.
    private static readonly string[] Open =
    [
        "GET /assets/favicon.svg", "GET /assets/site.css", "GET /assets/site.js", "GET /fleet/{fleet}/join.sh", "GET /healthz", "GET /login", "GET /metrics", "GET /readyz",
        "POST /fleet/{fleet}/leave", "POST /fleet/{fleet}/ping", "POST /fleet/{fleet}/register", "POST /login",
    ];

    [Fact]
    public async Task Every_route_says_who_may_use_it()
    {
        await using var server = await StartAsync();
        var routes = Routes(server);

        routes.Where(r => r.Rule is null).Select(r => r.ToString()).ShouldBeEmpty("each route says Require(audience, permission)");
        routes.Where(r => r.Rule?.Permission == Permission.None).Select(r => r.ToString()).Order(StringComparer.Ordinal).ShouldBe(Open);
        routes.Count.ShouldBeGreaterThan(Open.Length + 10);
    }

    [Fact]
    public async Task A_route_that_is_not_a_GET_needs_more_than_read()
    {
        await using var server = await StartAsync();

        Routes(server).Where(r => r.Method != "GET" && r.Rule?.Permission == Permission.Read).Select(r => r.ToString()).ShouldBe(["POST /logout"]);
    }

    [Fact]
    public async Task No_guarded_route_answers_without_a_token_or_with_one_that_is_not_valid()
    {
        await using var server = await StartAsync();
        var good = server.Token();
        var revoked = server.Token(TokenRow.Write, "revoked");
        server.Tokens().Revoke(TokenRow.Admin, "revoked", "a test", mayOpen: false);
        var expired = server.Token(TokenRow.Write, "expired", TimeSpan.FromMinutes(1));
        server.Time.Advance(TimeSpan.FromMinutes(1));
        string?[] bad = [null, "", "x", revoked, expired, good[..^1] + (good[^1] == 'A' ? 'B' : 'A'), good + "A", good.ToUpperInvariant(), $"wgf_00000000{good[12..]}"];

        foreach (var route in Routes(server).Where(r => r.Rule is { Permission: > Permission.None }))
        {
            foreach (var token in bad)
            {
                using var answer = await server.AskAsync(route.Method, route.Path, token);
                if (route is { Rule.Audience: Audience.People, Method: "GET" } && token is null)
                    answer.ShouldSatisfyAllConditions(a => a.StatusCode.ShouldBe(HttpStatusCode.Redirect), a => a.Headers.Location!.ToString().ShouldStartWith("/login?next="));
                else
                    answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{route} with {token}");
            }
        }
    }

    [Fact]
    public async Task A_token_for_reading_changes_nothing_and_one_for_writing_makes_no_tokens()
    {
        await using var server = await StartAsync();
        var (read, write) = (server.Token(TokenRow.Read, "reader"), server.Token(TokenRow.Write, "writer"));
        var guarded = Routes(server).Where(r => r.Rule is { Permission: >= Permission.Write }).ToList();
        guarded.ShouldNotBeEmpty();

        foreach (var route in guarded)
        {
            using var refused = await server.AskAsync(route.Method, route.Path, read);
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, route.ToString());
        }

        foreach (var route in guarded.Where(r => r.Rule!.Permission == Permission.Root))
        {
            using var refused = await server.AskAsync(route.Method, route.Path, write);
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, route.ToString());
        }
    }

    [Fact]
    public async Task While_there_is_no_token_anonymous_callers_read_nothing_and_local_readers_change_nothing()
    {
        await using var server = await StartAsync();

        foreach (var route in Routes(server).Where(r => r.Rule is { Permission: > Permission.None }))
        {
            using var stranger = await server.AskAsync(route.Method, route.Path, from: Visitors.Stranger);
            stranger.StatusCode.ShouldBe(route is { Rule.Audience: Audience.People, Method: "GET" } ? HttpStatusCode.Redirect : HttpStatusCode.Forbidden, route.ToString());

            if (route.Rule!.Permission < Permission.Write)
                continue;

            using var neighbour = await server.AskAsync(route.Method, route.Path);
            neighbour.StatusCode.ShouldBe(HttpStatusCode.Forbidden, route.ToString());
        }
    }

    [Theory]
    [InlineData("/API/v1/tokens")]
    [InlineData("/api/V1/tokens")]
    [InlineData("//api/v1/tokens")]
    [InlineData("/api//v1/tokens")]
    [InlineData("/api/v1/tokens/")]
    [InlineData("/api/v1/%74okens")]
    [InlineData("/%61pi/v1/tokens")]
    [InlineData("/api/v1/../v1/tokens")]
    [InlineData("/healthz/../api/v1/tokens")]
    [InlineData("/healthz/%2e%2e/api/v1/tokens")]
    [InlineData("/healthz%2f..%2fapi/v1/tokens")]
    [InlineData("/assets/site.css/../../api/v1/tokens")]
    [InlineData("/api/v1/tokens;/healthz")]
    [InlineData("/api/v1/tokens?/healthz")]
    [InlineData("/api/v1/tokens%00")]
    [InlineData("/login/../")]
    [InlineData("/fleet/alpha/")]
    [InlineData("/FLEET/alpha")]
    [InlineData("//fleet/alpha")]
    [InlineData("/fleet/%61lpha")]
    public async Task No_spelling_of_a_path_gets_round_the_access_rules(string path)
    {
        await using var server = await StartAsync(c => c with { AdminSocket = c.AdminSocket });
        await server.JoinAsync();
        server.Token();

        var answer = await RawHttp.SendAsync(server.Addresses[0], $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        answer.ShouldMatch(@"\AHTTP/1\.1 (302|400|401|404) ");
        answer.ShouldNotContain("ops");
        answer.ShouldNotContain("fd00:a::");
    }

    private static List<Route> Routes(TestServer server) =>
    [
        .. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(e =>
            (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(method => new Route(method, e.RoutePattern.RawText!, e.Metadata.GetMetadata<AccessRule>()))),
    ];

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    private sealed record Route(string Method, string Pattern, AccessRule? Rule)
    {
        public string Path => "/" + Parameter().Replace(Pattern, "1").TrimStart('/');

        public override string ToString() => $"{Method} /{Pattern.TrimStart('/')}";
    }
}
