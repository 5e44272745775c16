using System.Net;
using AngleSharp.Html.Parser;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.Site;

/// <summary>People get a page for what is refused; machines and programs get what they always get.</summary>
public class RefusedPageTests
{
    [Theory]
    [InlineData("/nosuch", null, 404, "Page not found", "/nosuch")]
    [InlineData("/EVENTS", null, 404, "Page not found", "/EVENTS")]
    [InlineData("/logout", null, 405, "Not possible", "Method Not Allowed")]
    [InlineData("/", "evil.example", 403, "Not allowed", "this server is not known as 'evil.example': use its address, or add the name to dashboard_hosts")]
    [InlineData("/fleet/alpha?sort=nonsense", null, 400, "Not possible", "sort is 'nonsense', use registered, hostname, address, seen, handshake, traffic")]
    [InlineData("/fleet/alpha?sort=seen&dir=up", null, 400, "Not possible", "dir is 'up', use asc or desc")]
    [InlineData("/fleet/alpha?page=0", null, 400, "Not possible", "page is '0', use a number from 1")]
    [InlineData("/events?type=nonsense", null, 400, "Not possible", "there is no event 'nonsense'")]
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
        page.QuerySelector("main a")!.GetAttribute("href").ShouldBe("/");
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

    private static HttpRequestMessage Request(string path, string? host, string accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        request.Headers.Add("Accept", accept);
        return request;
    }
}
