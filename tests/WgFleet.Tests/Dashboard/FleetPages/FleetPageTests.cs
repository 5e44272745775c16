using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using WgFleet.Fleets.State;
using static WgFleet.Tests.Dashboard.DashboardHost;

namespace WgFleet.Tests.Dashboard.FleetPages;

public class FleetPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_the_facts_of_the_fleet_and_links_back()
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1), RegisteredClient(2)));

        var page = await host.PageAsync("/fleet/alpha");

        page.QuerySelectorAll("h1").Single().TextContent.ShouldBe("Fleet: alpha");
        page.QuerySelectorAll("h2").Single().TextContent.ShouldBe("Active Clients (2)");
        page.QuerySelector(".back a")!.GetAttribute("href").ShouldBe("/");
        page.QuerySelectorAll("table.facts tr").Select(r => r.Children[0].TextContent + "=" + r.Children[1].TextContent)
            .ShouldBe(["Subnet=fd00:1::/64", "Server IPv6=fd00:1::1", "WireGuard Port=51820", "Endpoint=192.0.2.9:51820"]);
    }

    [Fact]
    public async Task An_endpoint_in_IPv6_is_bracketed()
    {
        await using var host = await StartAsync(new FleetSnapshot(Settings("alpha", "2001:db8::9")));

        (await host.PageAsync("/fleet/alpha")).QuerySelector("table.facts")!.TextContent.ShouldContain("[2001:db8::9]:51820");
    }

    [Fact]
    public async Task Its_table_has_the_known_columns()
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1)));

        var page = await host.PageAsync("/fleet/alpha");

        var headings = page.QuerySelectorAll("table.clients thead th");
        headings.Select(h => h.TextContent).ShouldBe(
            ["Hostname", "Assigned IP", "Public Key", "Source IP", "Registered At", "Last Seen", "Last Handshake", "Traffic"]);
        headings.ShouldAllBe(h => h.GetAttribute("scope") == "col");
        page.QuerySelector("table.clients caption").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_row_shows_all_facts_of_a_client()
    {
        var client = RegisteredClient(7, "seat-7", quiet: TimeSpan.FromHours(2));
        client.Liveness.Observed(Now - TimeSpan.FromSeconds(151), 1536, 5 * 1024 * 1024, Now);
        await using var host = await StartAsync(Fleet("alpha", client));

        var row = (await host.PageAsync("/fleet/alpha")).QuerySelector("table.clients tbody tr")!;

        var key = client.PublicKey.ToString();
        Cells(row).ShouldBe(
        [
            "seat-7", "fd00:1::1007", key[..16] + "...", "198.51.100.7",
            "2026-03-04 10:00:00 2h 0m ago", "2026-03-04 11:57:29 2m 31s ago", "2026-03-04 11:57:29 2m 31s ago",
            "1.5 KiB received 5.0 MiB sent",
        ]);
        row.Children[2].GetAttribute("title").ShouldBe(key);
        row.ClassList.ShouldContain("on");
    }

    [Fact]
    public async Task A_client_without_name_and_handshake_says_so()
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, quiet: TimeSpan.FromMinutes(4))));

        var row = (await host.PageAsync("/fleet/alpha")).QuerySelector("table.clients tbody tr")!;

        Cells(row)[0].ShouldBe("(none)");
        Cells(row)[6].ShouldBe("N/A");
        row.ClassList.ShouldContain("off");
    }

    [Fact]
    public async Task Text_from_clients_is_not_markup()
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, "<i>y</i>", "<b>x</b>"), RegisteredClient(2, source: "\"><script>alert(1)</script>")));

        var page = await host.PageAsync("/fleet/alpha?q=%22%3E%3Cimg%20src%3Dx%3E");
        page.QuerySelectorAll("img[src=x]").ShouldBeEmpty();
        page.QuerySelector<IHtmlInputElement>("#q")!.Value.ShouldBe("\"><img src=x>");

        page = await host.PageAsync("/fleet/alpha");
        page.QuerySelectorAll("td b, td i, script:not([src])").ShouldBeEmpty();
        Cells(page.QuerySelector("table.clients tbody tr")!)[0].ShouldBe("<i>y</i>");
        Cells(page.QuerySelector("table.clients tbody tr")!)[3].ShouldBe("<b>x</b>");
    }

    [Fact]
    public async Task A_long_source_is_shortened()
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, source: new string('x', 8000))));

        var row = (await host.PageAsync("/fleet/alpha")).QuerySelector("table.clients tbody tr")!;

        Cells(row)[3].ShouldBe(new string('x', 64) + "...");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/fleet/alpha?q=a&sort=seen")]
    public async Task A_page_has_one_script_of_its_own_and_nothing_inline(string path)
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, "a")));

        var page = await host.PageAsync(path);

        page.QuerySelectorAll("script:not([src^='/assets/']), style, [style]").ShouldBeEmpty();
        page.QuerySelectorAll("script").ShouldHaveSingleItem().HasAttribute("defer").ShouldBeTrue();
        page.All.SelectMany(e => e.Attributes).ShouldAllBe(a => !a.Name.StartsWith("on", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/fleet/nosuch")]
    [InlineData("/fleet/ALPHA")]
    [InlineData("/fleet/%3Cb%3E")]
    public async Task An_unknown_fleet_is_not_found(string path)
    {
        await using var host = await StartAsync(Fleet("alpha"));

        using var response = await host.Client.GetAsync(path, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync(Ct)).ShouldBe("""{"detail":"Fleet not found"}""");
    }

    [Fact]
    public async Task A_browser_that_asks_for_an_unknown_fleet_gets_a_page_with_the_way_back()
    {
        await using var host = await StartAsync(Fleet("alpha"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fleet/nosuch");
        request.Headers.Add("Accept", "text/html,*/*;q=0.8");

        using var response = await host.Client.SendAsync(request, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync(Ct));
        page.QuerySelector("h1")!.TextContent.ShouldBe("Fleet not found");
        page.QuerySelector("main a")!.GetAttribute("href").ShouldBe("/");
    }

    [Fact]
    public async Task An_empty_fleet_says_how_a_machine_joins()
    {
        await using var host = await StartAsync(Fleet("alpha"));

        var page = await host.PageAsync("/fleet/alpha");

        page.QuerySelector("h2")!.TextContent.ShouldBe("Active Clients (0)");
        page.QuerySelector(".empty")!.TextContent.ShouldContain("POST /fleet/alpha/register");
        page.QuerySelectorAll("table.clients").ShouldBeEmpty();
    }

    private static string[] Cells(IElement row) =>
        [.. row.Children.Select(c => string.Join(' ', c.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];
}
