using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>What a page of another site can make a browser send.</summary>
public class CrossSiteTests
{
    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_site_can_change_nothing_through_any_route(string header, string value)
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        var token = server.Token(TokenRow.Write);
        var routes = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (Method: method, Pattern: "/" + e.RoutePattern.RawText!.TrimStart('/'))))
            .Where(r => r.Method is not ("GET" or "HEAD")).ToList();
        routes.Count.ShouldBeGreaterThan(20);

        foreach (var (method, pattern) in routes)
        {
            var path = pattern.Replace("{fleet}", "alpha", StringComparison.Ordinal).Replace("{client}", $"{client.Address}", StringComparison.Ordinal);
            path = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]*\}", "1");
            using var refused = await server.AskAsync(method, path, token, $"{client.Address}", (header, value));
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{method} {pattern}");
        }

        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_browser_cannot_register_under_a_foreign_host_name()
    {
        await using var server = await StartAsync();

        // The page of evil.example, whose name was made to lead here, is of the same origin as what it sends.
        using var rebound = await server.AskAsync("POST", "/fleet/alpha/register", headers: [("Host", "evil.example"), ("Origin", "http://evil.example"), ("Sec-Fetch-Site", "same-origin")]);
        rebound.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);

        // A machine may know the server by any name.
        using var machine = await server.AskAsync("POST", "/fleet/alpha/register", headers: ("Host", "gateway.example"));
        machine.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
