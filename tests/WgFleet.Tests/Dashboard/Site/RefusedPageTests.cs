using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Http;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.Site;

/// <summary>People get a page for what is refused; machines and programs get what they always get.</summary>
public class RefusedPageTests
{
    [Theory]
    [InlineData("/nosuch", null, 404, "Page not found", "/nosuch")]
    [InlineData("/EVENTS", null, 404, "Page not found", "/EVENTS")]
    [InlineData("/logout", null, 405, "Not possible", "This address is for programs and machines.")]
    [InlineData("/fleet/nosuch", null, 404, "Fleet not found", "/fleet/nosuch")]
    [InlineData("/fleet/nosuch/clients/crane", null, 404, "Fleet not found", "/fleet/nosuch/clients/crane")]
    [InlineData("/hooks/nosuch", null, 404, "Hook not found", "/hooks/nosuch")]
    [InlineData("/tokens", null, 403, "Not allowed", "create one with 'wg-fleet tokens create'")]
    [InlineData("/", "evil.example", 403, "Not allowed", "This server is not known as 'evil.example': use its address, or add the name to dashboard_hosts")]
    [InlineData("/fleet/alpha?sort=nonsense", null, 400, "Not possible", "Sort is 'nonsense', use registered, hostname, address, seen, handshake, traffic")]
    [InlineData("/fleet/alpha?sort=seen&dir=up", null, 400, "Not possible", "Dir is 'up', use asc or desc")]
    [InlineData("/fleet/alpha?page=0", null, 400, "Not possible", "Page is '0', use a number from 1")]
    [InlineData("/events?type=nonsense", null, 400, "Not possible", "There is no event 'nonsense'")]
    public async Task A_browser_gets_a_page_that_says_why_with_the_way_back(string path, string? host, int status, string heading, string why)
    {
        await using var server = await StartAsync();
        using var request = Request(path, host, "text/html,application/xhtml+xml,*/*;q=0.8");

        using var response = await server.Http.SendAsync(request, Ct);

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        response.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        var page = new HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync(Ct));
        page.QuerySelector("h1")!.TextContent.ShouldBe(heading);
        page.QuerySelector("main")!.TextContent.ShouldContain(why);
        page.QuerySelectorAll("main a")[^1].GetAttribute("href").ShouldBe(host is null ? "/" : server.Addresses[0].ToString());
    }

    [Theory]
    [InlineData("/nosuch", null, "*/*", HttpStatusCode.NotFound)]
    [InlineData("/", "evil.example", "application/json", HttpStatusCode.Forbidden)]
    [InlineData("/fleet/alpha?sort=nonsense", null, "*/*", HttpStatusCode.BadRequest)]
    [InlineData("/fleet/nosuch/join.sh", null, "text/html", HttpStatusCode.NotFound)]
    public async Task Whoever_does_not_ask_for_HTML_and_a_machine_path_get_JSON(string path, string? host, string accept, HttpStatusCode status)
    {
        await using var server = await StartAsync();
        using var request = Request(path, host, accept);

        using var response = await server.Http.SendAsync(request, Ct);

        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync(Ct)).ShouldStartWith("{\"detail\":\"");
    }

    [Theory]
    [InlineData("/fleet/alpha?sort=nonsense", "/fleet/alpha", "The same page without these choices")]
    [InlineData("/tokens", "/login?next=%2Ftokens", "Log in")]
    public async Task A_refusal_has_a_link_to_what_helps(string path, string link, string name)
    {
        await using var server = await StartAsync();

        var page = await PageAsync(server, Request(path, null, "text/html"));

        page.QuerySelectorAll("main a").Select(a => (a.GetAttribute("href"), a.TextContent)).ShouldContain((link, name));
    }

    [Fact]
    public async Task A_limit_that_is_reached_offers_to_try_again()
    {
        await using var server = await StartAsync();
        var limits = server.Services.GetRequiredService<QueryLimits>();
        using var request = Request("/events?type=client.added", null, "text/html");
        var others = new DefaultHttpContext();
        others.Features.Set(new SourceAddress(IPAddress.Loopback));
        var places = Enumerable.Range(0, limits.MaxNear).Select(_ => limits.Enter(Caller.LocalReader, others)).ToList();

        var page = await PageAsync(server, request);

        page.QuerySelector("h1")!.TextContent.ShouldBe("Not available now");
        page.QuerySelector("main a")!.GetAttribute("href").ShouldBe("/events?type=client.added");
        places.ForEach(place => place.Dispose());
    }

    [Theory]
    [InlineData("/", 403)]
    [InlineData("/nosuch", 404)]
    public async Task A_page_under_a_foreign_name_tells_nothing_of_the_fleets_and_has_no_login(string path, int status)
    {
        await using var server = await StartAsync();
        await server.Registry.FreezeAsync("alpha", Acting.As("ops"));
        using var request = Request(path, "evil.example", "text/html");
        using var response = await server.Http.SendAsync(request, Ct);

        ((int)response.StatusCode).ShouldBe(status);
        var text = await response.Content.ReadAsStringAsync(Ct);
        text.ShouldNotContain("frozen");
        text.ShouldNotContain("/login");
    }

    [Fact]
    public async Task A_page_of_what_does_not_exist_says_what_is_wrong_to_whoever_may_read()
    {
        await using var server = await StartAsync();
        await server.Registry.FreezeAsync("alpha", Acting.As("ops"));

        (await PageAsync(server, Request("/nosuch", null, "text/html"))).QuerySelector("#state")!.TextContent.ShouldBe("Fleet alpha is frozen by ops");
    }

    [Theory]
    [InlineData("GET", "/api/v1/nosuch", 404, "Not Found")]
    [InlineData("GET", "/api", 404, "Not Found")]
    [InlineData("DELETE", "/api/v1/fleets", 405, "Method Not Allowed")]
    public async Task Below_api_everything_that_is_refused_is_a_problem_for_browsers_too(string method, string path, int status, string detail)
    {
        await using var server = await StartAsync();
        using var request = Request(path, null, "text/html");
        request.Method = new HttpMethod(method);
        using var response = await server.Http.SendAsync(request, Ct);

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync(Ct)).ShouldContain($"\"detail\":\"{detail}\"");
    }

    private static async Task<AngleSharp.Html.Dom.IHtmlDocument> PageAsync(TestServer server, HttpRequestMessage request)
    {
        using (request)
        using (var response = await server.Http.SendAsync(request, Ct))
            return new HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync(Ct));
    }

    private static HttpRequestMessage Request(string path, string? host, string accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        request.Headers.Add("Accept", accept);
        return request;
    }
}
