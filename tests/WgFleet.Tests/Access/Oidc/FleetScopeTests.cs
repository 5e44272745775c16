using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Fleets.State;
using WgFleet.Tests.Harness;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access.Oidc;

/// <summary>A person whose role is for fleet alpha, and a fleet beta of which no route may tell.</summary>
public sealed partial class FleetScopeTests : IAsyncLifetime
{
    // Closed to people whose roles are for some fleets. A new route says ForFleet or ForFleetsOfCaller, or stands here.
    private static readonly string[] WholeServer =
    [
        "DELETE /api/v1/clients/{client}", "DELETE /api/v1/clients/{client}/hostname", "DELETE /api/v1/clients/{client}/pin", "DELETE /api/v1/tokens/{name}",
        "GET /api/v1/clients/{client}", "GET /api/v1/database", "GET /api/v1/deadletters", "GET /api/v1/deadletters/{hook}/{seq}", "GET /api/v1/events", "GET /api/v1/history/{client}",
        "GET /api/v1/hooks", "GET /api/v1/hooks/{name}", "GET /api/v1/openapi.json", "GET /api/v1/prune", "GET /api/v1/reload/{number}", "GET /api/v1/removed", "GET /api/v1/tokens", "GET /api/v1/wait",
        "GET /docs", "GET /events", "GET /events/live", "GET /hooks", "GET /hooks/{name}", "GET /sd/prometheus", "GET /tokens",
        "POST /api/v1/clients", "POST /api/v1/clients/{client}/rename", "POST /api/v1/deadletters/{hook}/drop", "POST /api/v1/deadletters/{hook}/retry",
        "POST /api/v1/hooks/{name}/diff", "POST /api/v1/hooks/{name}/forget", "POST /api/v1/hooks/{name}/pause", "POST /api/v1/hooks/{name}/replay",
        "POST /api/v1/hooks/{name}/resume", "POST /api/v1/hooks/{name}/run", "POST /api/v1/hooks/{name}/test", "POST /api/v1/reload", "POST /api/v1/removed/{client}/restore", "POST /api/v1/tokens",
        "POST /hooks/{name}/diff", "POST /hooks/{name}/drop", "POST /hooks/{name}/pause", "POST /hooks/{name}/replay", "POST /hooks/{name}/resume", "POST /hooks/{name}/retry",
        "POST /hooks/{name}/run", "POST /hooks/{name}/test", "POST /tokens", "POST /tokens/{id}/revoke", "PUT /api/v1/clients/{client}/pin",
    ];

    private ForgingProvider _provider = null!;
    private TestServer _server = null!;
    private Browser _browser = null!;
    private RegisteredClient _secret = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await ForgingProvider.StartAsync();
        _server = await StartAsync(
            c => _provider.Configure(c) is var config ? config with { Oidc = config.Oidc! with { Roles = [new("netops", MayChange: true) { Fleets = ["alpha"] }] } } : c, TimeProvider.System);
        await NamedAsync("alpha", "own-machine");
        _secret = await NamedAsync("beta", "secret-machine");
        _server.Services.GetRequiredService<FleetHealth>().Set("beta", FleetCondition.Down, "wg_beta: secret-machine has its port");
        _browser = new Browser(_server);
        (await _provider.LogInAsync(_browser)).Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public void Every_route_says_which_fleets_it_is_about_or_is_known_to_be_about_the_whole_server() =>
        Routes().Where(r => r.Scope is null && r.Rule is { Permission: > Permission.None }).Select(r => r.ToString()).Order(StringComparer.Ordinal).ShouldBe(WholeServer);

    [Fact]
    public async Task No_route_tells_of_another_fleet_or_changes_it()
    {
        var antiforgery = (await _browser.PageAsync("/")).QuerySelector("form.leave input")!.GetAttribute("value")!;
        foreach (var route in Routes().Where(r => r.Rule is { Permission: > Permission.None } && r.Pattern != "logout"))
        {
            foreach (var client in new[] { "secret-machine", "secret-machine.beta", "secret-machine.beta.example.test", _secret.Address.ToString(), Uri.EscapeDataString(_secret.PublicKey.ToString()) })
            {
                foreach (var fleet in new[] { "beta", "BETA", "%62eta", "alpha" })
                {
                    var path = route.Path(fleet, client);
                    using var request = new HttpRequestMessage(new HttpMethod(route.Method), $"{path}{(route.Pattern.StartsWith("api", StringComparison.Ordinal) ? "" : "?q=secret")}");
                    request.Headers.Add("RequestVerificationToken", antiforgery);
                    using var answer = await _browser.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
                    var text = await BeginningAsync(answer);

                    text.Replace("?q=secret", "").Replace(client, "").ShouldNotContain("fd00:b:", customMessage: $"{route.Method} {path}");
                    text.ShouldNotContain(_secret.PublicKey.ToString(), customMessage: $"{route.Method} {path}");
                    text.ShouldNotContain("wg_beta", customMessage: $"{route.Method} {path}");
                    if (route.Scope is null || (route.Scope.Parameter is not null && fleet != "alpha"))
                        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.NotFound);
                }

                if (!route.Pattern.Contains("{client}", StringComparison.Ordinal))
                    break;
            }
        }

        var beta = _server.Registry.Current.Fleet("beta")!;
        beta.Frozen.ShouldBeNull();
        beta.ById.Values.ShouldHaveSingleItem().ShouldSatisfyAllConditions(c => c.Hostname.ShouldBe("secret-machine"), c => c.Pinned.ShouldBeNull());
    }

    [Fact]
    public async Task The_person_sees_and_changes_the_own_fleet_and_lists_of_it()
    {
        foreach (var path in new[] { "/", "/clients", "/clients.csv", "/api/v1/fleets", "/api/v1/clients", "/api/v1/troubles" })
        {
            var text = await _browser.Http.GetStringAsync(path, Ct);
            text.ShouldNotContain("secret-machine", customMessage: path);
            text.ShouldNotContain("beta", customMessage: path);
        }

        (await _browser.Http.GetStringAsync("/clients", Ct)).ShouldContain("own-machine");
        (await _browser.Http.GetStringAsync("/fleet/alpha", Ct)).ShouldContain("own-machine");
        (await _browser.SubmitAsync("/fleet/alpha", "/fleet/alpha/freeze")).Dispose();
        _server.Registry.Current.Fleet("alpha")!.Frozen.ShouldNotBeNull().By.ShouldBe("7@127.0.0.1");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/fleet/beta");
        request.Headers.Add("Accept", "text/html");
        using var refused = await _browser.Http.SendAsync(request, Ct);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("Your role does not allow this here, but only to write in alpha.");
    }

    private async Task<RegisteredClient> NamedAsync(string fleet, string name)
    {
        var client = await _server.JoinAsync(fleet);
        (await _server.PingAsync($$"""{"hostname":"{{name}}"}""", client.Address.ToString(), fleet)).Status.ShouldBe(200);
        return client;
    }

    private List<Route> Routes() =>
    [
        .. _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(e =>
            e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => new Route(m, e.RoutePattern.RawText!.Trim('/'), e.Metadata.GetMetadata<AccessRule>(), e.Metadata.GetMetadata<FleetScope>()))),
    ];

    /// <summary>The answer; the first message of one that goes on.</summary>
    private static async Task<string> BeginningAsync(HttpResponseMessage answer)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "text/event-stream")
            return await answer.Content.ReadAsStringAsync(Ct);

        var text = new StringBuilder();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Ct));
        while (await reader.ReadLineAsync(Ct) is { Length: > 0 } line)
            text.AppendLine(line);

        return text.ToString();
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    private sealed record Route(string Method, string Pattern, AccessRule? Rule, FleetScope? Scope)
    {
        public string Path(string fleet, string client)
        {
            var isFleet = Pattern.Contains("{fleet}", StringComparison.Ordinal) || Pattern.StartsWith("fleet/{name}", StringComparison.Ordinal);
            return "/" + Parameter().Replace(Pattern, part => part.Value == "{client}" ? client : part.Value == "{fleet}" || (isFleet && part.Value == "{name}") ? fleet : "1");
        }

        public override string ToString() => $"{Method} /{Pattern}";
    }
}
