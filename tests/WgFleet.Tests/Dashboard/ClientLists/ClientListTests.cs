using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using WgFleet.Dashboard.ClientLists;
using WgFleet.Fleets.State;
using WgFleet.Store;
using static WgFleet.Tests.Dashboard.DashboardHost;

namespace WgFleet.Tests.Dashboard.ClientLists;

public class ClientListTests
{
    private const int Thousands = 10_000;

    [Fact]
    public async Task Clients_are_listed_in_the_order_of_their_ids()
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(30, "a"), RegisteredClient(2, "c"), RegisteredClient(10, "b")));

        Names(await host.PageAsync("/fleet/alpha")).ShouldBe(["c", "b", "a"]);
    }

    [Theory]
    [InlineData("WEB", "web-1")]
    [InlineData("1001", "web-1")]
    [InlineData("FD00:1::1002", "db-1")]
    [InlineData("203.0.113", "db-1")]
    [InlineData("  db  ", "db-1")]
    public async Task A_search_finds_part_of_a_name_an_address_or_a_source_in_any_case(string search, string found)
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, "web-1"), RegisteredClient(2, "db-1", "203.0.113.5"), RegisteredClient(3)));

        Names(await host.PageAsync("/fleet/alpha?q=" + Uri.EscapeDataString(search))).ShouldBe([found]);
    }

    [Theory]
    [InlineData("b.alpha", "b")]
    [InlineData("B.ALPHA.EXAMPLE.ORG", "b")]
    [InlineData("a.alp", "a", "aaa")]
    [InlineData("alpha")]
    [InlineData("room=e1", "aaa")]
    [InlineData("E14", "aaa")]
    public async Task A_search_finds_full_names_and_tags(string search, params string[] found)
    {
        var tagged = RegisteredClient(3, "aaa") with { Tags = Tags.Read("room=e14") };
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, "a"), RegisteredClient(2, "b"), tagged));

        Names(await host.PageAsync("/fleet/alpha?q=" + Uri.EscapeDataString(search))).ShouldBe(found);
    }

    [Fact]
    public async Task A_search_finds_a_key_by_its_beginning_as_pages_show_it_and_no_bits_of_keys()
    {
        var client = RegisteredClient(2, "b");
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, "a"), client, RegisteredClient(3, "c")));
        var key = client.PublicKey.ToString();

        foreach (var text in new[] { key, key[..16], key[..16] + "..." })
            Names(await host.PageAsync("/fleet/alpha?q=" + Uri.EscapeDataString(text))).ShouldBe(["b"]);

        foreach (var text in new[] { key[..8], key[4..20], key[..16].ToUpperInvariant() })
            Names(await host.PageAsync("/fleet/alpha?q=" + Uri.EscapeDataString(text))).ShouldBeEmpty(text);
    }

    [Fact]
    public async Task A_search_without_a_match_says_so_and_can_be_cleared()
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, "a")));

        var page = await host.PageAsync("/fleet/alpha?q=nothing&sort=seen");

        page.QuerySelector("h2")!.TextContent.ShouldBe("Active Clients (1)");
        page.QuerySelector(".empty")!.TextContent.ShouldContain("nothing");
        page.QuerySelector(".clear")!.GetAttribute("href").ShouldBe("/fleet/alpha?sort=seen&dir=desc");
    }

    [Theory]
    [InlineData("?sort=hostname", "a", "b", "c", "(none)")]
    [InlineData("?sort=hostname&dir=desc", "c", "b", "a", "(none)")]
    [InlineData("?sort=address", "b", "(none)", "a", "c")]
    [InlineData("?sort=address&dir=desc", "c", "a", "(none)", "b")]
    [InlineData("?sort=registered", "c", "(none)", "a", "b")]
    [InlineData("?sort=registered&dir=asc", "b", "a", "(none)", "c")]
    [InlineData("?sort=seen", "b", "c", "(none)", "a")]
    [InlineData("?sort=handshake", "b", "a", "(none)", "c")]
    [InlineData("?sort=handshake&dir=asc", "a", "b", "(none)", "c")]
    [InlineData("?sort=traffic", "a", "b", "(none)", "c")]
    [InlineData("?sort=traffic&dir=asc", "(none)", "c", "b", "a")]
    [InlineData("?dir=desc", "b", "(none)", "a", "c")]
    [InlineData("?sort=&dir=&page=", "b", "(none)", "a", "c")]
    public async Task The_list_can_be_sorted(string query, params string[] names)
    {
        var b = RegisteredClient(1, "b", quiet: TimeSpan.FromMinutes(9));
        var none = RegisteredClient(2, null, quiet: TimeSpan.FromMinutes(5));
        var a = RegisteredClient(3, "a", quiet: TimeSpan.FromMinutes(8));
        var c = RegisteredClient(4, "c", quiet: TimeSpan.FromMinutes(4));
        b.Liveness.Observed(Now - TimeSpan.FromMinutes(1), 10, 10, Now);
        a.Liveness.Observed(Now - TimeSpan.FromMinutes(7), 30, 0, Now);
        await using var host = await StartAsync(Fleet("alpha", b, none, a, c));

        Names(await host.PageAsync("/fleet/alpha" + query)).ShouldBe(names);
    }

    [Fact]
    public async Task A_heading_sorts_then_reverses_and_keeps_the_search()
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, "a&b")));

        var page = await host.PageAsync("/fleet/alpha?q=a%26&sort=hostname&page=1");

        Links(page, "thead a")["Hostname"].ShouldBe("/fleet/alpha?q=a%26&sort=hostname&dir=desc");
        Links(page, "thead a")["Traffic"].ShouldBe("/fleet/alpha?q=a%26&sort=traffic&dir=desc");
        page.QuerySelectorAll("th[aria-sort]").Single().GetAttribute("aria-sort").ShouldBe("ascending");
        page.QuerySelectorAll<IHtmlInputElement>("form input").Select(i => $"{i.Name}={i.Value}").ShouldBe(["q=a&", "sort=hostname", "dir=asc"]);
        page.QuerySelector<IHtmlLabelElement>("form label")!.Control!.Id.ShouldBe("q");
    }

    [Theory]
    [InlineData("", "1-100 of 10,000", "n-1", "Next=2 Last=100")]
    [InlineData("?page=2", "101-200 of 10,000", "n-101", "First=1 Prev=1 Next=3 Last=100")]
    [InlineData("?page=100", "9,901-10,000 of 10,000", "n-9901", "First=1 Prev=99")]
    [InlineData("?page=101", "9,901-10,000 of 10,000", "n-9901", "First=1 Prev=99")]
    public async Task Ten_thousand_clients_are_shown_100_a_page(string query, string range, string first, string links)
    {
        await using var host = await StartAsync(Many());

        var page = await host.PageAsync("/fleet/alpha" + query);

        page.QuerySelector(".pager .range")!.TextContent.ShouldBe(range);
        Names(page).Length.ShouldBe(100);
        Names(page)[0].ShouldBe(first);
        var leads = Links(page, ".tools .pager li a").Select(l => $"{l.Key}={(l.Value.Contains("page=") ? l.Value.Split("page=")[1] : "1")}");
        string.Join(' ', leads).ShouldBe(links);
    }

    [Fact]
    public async Task Paging_keeps_search_and_order()
    {
        await using var host = await StartAsync(Many());

        var page = await host.PageAsync("/fleet/alpha?q=n-9&sort=hostname&dir=desc&page=3");

        page.QuerySelector(".pager .range")!.TextContent.ShouldBe("201-300 of 1,111");
        Names(page)[0].ShouldBe("n-9818");
        Links(page, ".tools .pager li a")["Next"].ShouldBe("/fleet/alpha?q=n-9&sort=hostname&dir=desc&page=4");
    }

    [Fact]
    public async Task One_page_of_ten_thousand_clients_stays_small()
    {
        await using var host = await StartAsync(Many());

        var html = await host.Client.GetByteArrayAsync("/fleet/alpha?sort=seen&page=7&q=n", TestContext.Current.CancellationToken);

        html.Length.ShouldBeLessThan(100_000);
    }

    private static FleetSnapshot Many() =>
        Fleet("alpha", [.. Enumerable.Range(1, Thousands).Select(i => RegisteredClient(i, $"n-{i}", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"))]);

    private static string[] Names(IHtmlDocument page) =>
        [.. page.QuerySelectorAll("table.clients tbody tr").Select(r => r.Children[0].TextContent)];

    private static Dictionary<string, string> Links(IHtmlDocument page, string selector) =>
        page.QuerySelectorAll(selector).ToDictionary(a => a.TextContent, a => a.GetAttribute("href")!);
}
