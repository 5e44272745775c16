using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Store;
using WgFleet.Tests.Http.Api;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.EventPages;

public class EventsPageTests
{
    [Fact]
    public async Task The_latest_event_is_first_and_says_what_happened()
    {
        await using var server = await StartAsync();
        var web = await ApiTests.NamedAsync(server, "web");
        using var browser = new Browser(server);

        var rows = Rows(await browser.PageAsync("/events"));

        rows.Select(r => r.Children[2].TextContent).ShouldBe(["client.hostname_changed", "client.added", "startup"]);
        rows[0].Children[5].TextContent.ShouldBe("got the name web");
        rows[0].QuerySelector("a")!.GetAttribute("href").ShouldBe($"/events?client={Uri.EscapeDataString(web.Address.ToString())}");
        rows[1].Children[4].TextContent.ShouldBe(web.Address.ToString());
        rows[2].Children[5].TextContent.ShouldStartWith("the server started, version ");
    }

    [Fact]
    public async Task Filters_apply_and_stay_in_the_form()
    {
        await using var server = await StartAsync();
        var web = await ApiTests.NamedAsync(server, "web");
        server.Time.Advance(TimeSpan.FromSeconds(100));
        var db = await ApiTests.NamedAsync(server, "db", "beta");
        using var browser = new Browser(server);

        (await CountAsync("")).ShouldBe(5);
        (await CountAsync("?fleet=beta")).ShouldBe(2);
        (await CountAsync("?type=client.added")).ShouldBe(2);
        (await CountAsync("?type=client.added&fleet=beta")).ShouldBe(1);
        (await CountAsync("?client=web")).ShouldBe(1);
        (await CountAsync("?client=web.alpha.example.test")).ShouldBe(1);
        (await CountAsync($"?client={Uri.EscapeDataString(web.PublicKey.ToString())}")).ShouldBe(2);
        (await CountAsync($"?client={Uri.EscapeDataString(db.Address.ToString().ToUpperInvariant())}")).ShouldBe(2);
        (await CountAsync("?since=1m-ago")).ShouldBe(2);
        (await CountAsync("?since=2026-01-02T03:05")).ShouldBe(2);
        (await CountAsync("?since=5h-ago")).ShouldBe(5);
        (await CountAsync("?since=2999-01-01")).ShouldBe(0);
        (await CountAsync("?fleet=nosuch")).ShouldBe(0);
        (await CountAsync("?client=we")).ShouldBe(0);
        (await CountAsync("?client=%25")).ShouldBe(0);

        // A filter that is not understood must not show everything.
        foreach (var query in new[] { "?type=client.lost", "?since=yesterday", "?since=99999999d-ago", "?before=x", "?before=-1" })
            (await browser.GetAsync("/events" + query)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, query);

        var page = await browser.PageAsync("/events?fleet=beta&type=client.added&client=%22%3Cb%3E&since=1m-ago");
        page.QuerySelector<IHtmlSelectElement>("#fleet")!.Value.ShouldBe("beta");
        page.QuerySelector<IHtmlSelectElement>("#type")!.Value.ShouldBe("client.added");
        page.QuerySelector<IHtmlInputElement>("#client")!.Value.ShouldBe("\"<b>");
        page.QuerySelector<IHtmlInputElement>("#since")!.Value.ShouldBe("1m-ago");
        page.QuerySelector(".empty")!.TextContent.ShouldBe("No event matches.");

        async Task<int> CountAsync(string query) => Rows(await browser.PageAsync("/events" + query)).Count;
    }

    [Fact]
    public async Task A_page_has_100_events_and_the_next_continues_there_although_new_events_come()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 125; i++)
            await server.JoinAsync(i % 2 == 0 ? "alpha" : "beta");

        using var browser = new Browser(server);
        var first = await browser.PageAsync("/events?type=client.added");
        await server.JoinAsync();
        var second = await browser.PageAsync(Older(first)!);

        var numbers = Rows(first).Concat(Rows(second)).Select(r => int.Parse(r.Children[0].TextContent, null)).ToList();
        (Rows(first).Count, Rows(second).Count).ShouldBe((100, 25));
        numbers.ShouldBe(Enumerable.Range(numbers[^1], 125).Reverse());
        Older(second).ShouldBeNull();
        second.QuerySelector("nav.pager a")!.GetAttribute("href").ShouldBe("/events?type=client.added");
    }

    [Fact]
    public async Task A_long_log_is_searched_in_parts_with_a_link_to_continue()
    {
        await using var server = await StartAsync();
        await ApiTests.NamedAsync(server, "web");
        Some.Execute(server.Config.Database, $"UPDATE sqlite_sequence SET seq = {EventFilter.MostLookedAt + 10} WHERE name = 'events'");
        Some.Execute(server.Config.Database, "INSERT INTO events (id, type, time, data) VALUES ('evt_last', 'startup', '2026-01-02 03:04:05.000000', '{\"version\":\"1\"}')");
        var archive = server.Services.GetRequiredService<EventQueries>();

        var (none, next) = await archive.LatestAsync(new EventFilter(Client: "web"), 100, Ct);
        none.ShouldBeEmpty();
        next.ShouldBe(12);
        var (found, end) = await archive.LatestAsync(new EventFilter(Client: "web", Before: next), 100, Ct);
        found.ShouldHaveSingleItem().Type.ShouldBe("client.hostname_changed");
        end.ShouldBeNull();

        using var browser = new Browser(server);
        var page = await browser.PageAsync("/events?client=web");
        page.QuerySelector(".empty")!.TextContent.ShouldBe("No event of this page matches. Older ones may.");
        Older(page).ShouldBe("/events?client=web&before=12");
    }

    private static List<IElement> Rows(IHtmlDocument page) => [.. page.QuerySelectorAll("table.events tbody tr")];

    private static string? Older(IHtmlDocument page) => page.QuerySelector("a[rel=next]")?.GetAttribute("href");
}
