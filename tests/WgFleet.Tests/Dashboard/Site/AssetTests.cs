using System.Net;
using static WgFleet.Tests.Dashboard.DashboardHost;

namespace WgFleet.Tests.Dashboard.Site;

public class AssetTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("link[rel=stylesheet]", "text/css; charset=utf-8", "/assets/site.css?v=")]
    [InlineData("script", "text/javascript; charset=utf-8", "/assets/site.js?v=")]
    [InlineData("link[rel=icon]", "image/svg+xml", "/assets/favicon.svg?v=")]
    public async Task A_linked_asset_is_served_and_cached_for_ever(string selector, string type, string start)
    {
        await using var host = await StartAsync(Fleet("alpha"));
        var element = (await host.PageAsync("/")).QuerySelector(selector)!;
        var link = element.GetAttribute("href") ?? element.GetAttribute("src")!;

        using var response = await host.Client.GetAsync(link, Ct);

        link.ShouldStartWith(start);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe(type);
        response.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        (await response.Content.ReadAsByteArrayAsync(Ct)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_asset_of_another_version_is_not_cached()
    {
        await using var host = await StartAsync(Fleet("alpha"));

        using var response = await host.Client.GetAsync("/assets/site.css?v=0", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.ToString().ShouldBe("no-cache");
    }

    [Fact]
    public async Task An_unchanged_asset_is_not_sent_again()
    {
        await using var host = await StartAsync(Fleet("alpha"));
        using var first = await host.Client.GetAsync("/assets/site.css", Ct);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/assets/site.css");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var response = await host.Client.SendAsync(again, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }
}
