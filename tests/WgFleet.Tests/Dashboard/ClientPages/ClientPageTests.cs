using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.ClientPages;

public partial class ClientPageTests
{
    [Fact]
    public async Task A_client_has_a_page_by_address_key_name_and_full_name()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        using var browser = new Browser(server);

        foreach (var text in new[] { client.Address.ToString(), client.PublicKey.ToString(), "crane", "crane.alpha", "crane.alpha.example.test" })
        {
            var page = await browser.PageAsync(PathOf(text));
            Facts(page).ShouldBe(
            [
                "Name=crane.alpha.example.test", "Named By=ops: it keeps this name, whatever it asks for", $"Address={client.Address}", $"Public Key={client.PublicKey}", "Source=198.51.100.7",
                "Registered=2026-01-02 03:04:05 (0s ago)", "Last Seen=2026-01-02 03:04:05 (0s ago)", "Last Handshake=never", "Received=0 B", "Sent=0 B",
            ]);
            page.QuerySelector("h1 span")!.TextContent.ShouldBe("crane");
            page.QuerySelector("h1 .chip")!.TextContent.ShouldBe("offline");
        }

        await server.HandshakeAsync(client);
        (await browser.PageAsync(PathOf("crane"))).QuerySelector("h1 .chip")!.TextContent.ShouldBe("online");
    }

    [Fact]
    public async Task A_row_of_the_fleets_page_links_to_the_clients_page()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        using var browser = new Browser(server);

        var link = (await browser.PageAsync("/fleet/alpha")).QuerySelector("table.clients tbody a")!;

        link.TextContent.ShouldBe("(none)");
        (await browser.PageAsync(link.GetAttribute("href")!)).QuerySelector("h1 span")!.TextContent.ShouldBe(client.Address.ToString());
    }

    [Fact]
    public async Task Events_are_shown_latest_first()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        await server.Registry.SetHostnameAsync(client, "winch", Acting.As("ops"));
        await NamedAsync(server, "other");
        using var browser = new Browser(server);

        HistoryOf(await browser.PageAsync(PathOf("winch"))).ShouldBe(
            ["renamed from crane to winch by ops", "got the name crane by ops", $"registered from 198.51.100.7, got {client.Address}"]);
    }

    [Fact]
    public async Task A_removed_clients_page_still_shows_its_events()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        await server.Registry.RemoveAsync("alpha", [client.Id], _ => true, "stale");
        using var browser = new Browser(server);

        var page = await browser.PageAsync(PathOf("crane"));

        page.QuerySelector("h1 .chip")!.TextContent.ShouldBe("gone");
        HistoryOf(page)[0].ShouldBe("pruned: silent for longer than prune_timeout");
        page.QuerySelectorAll("table.facts, figure, [data-stream]").ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_of_several_clients_with_one_name_show_their_keys()
    {
        await using var server = await StartAsync();
        var first = await NamedAsync(server, "crane");
        await server.Registry.RemoveAsync("alpha", [first.Id], _ => true, "removed");
        var second = await NamedAsync(server, "crane");
        await server.Registry.RemoveAsync("alpha", [second.Id], _ => true, "removed");
        using var browser = new Browser(server);

        (await browser.PageAsync(PathOf("crane"))).QuerySelectorAll(".history code").Select(c => c.TextContent).ShouldBe(
            [.. Enumerable.Repeat(second.PublicKey.ToString(), 3), .. Enumerable.Repeat(first.PublicKey.ToString(), 3)]);
    }

    [Fact]
    public async Task An_unknown_client_is_not_found()
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server);

        using var answer = await browser.GetAsync(PathOf("<b>nobody</b>"));
        using var elsewhere = await browser.GetAsync("/fleet/nosuch/clients/crane");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("There is no client <q>&lt;b&gt;nobody&lt;/b&gt;</q> in alpha");
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Its_chart_shows_its_own_traffic()
    {
        await using var server = await StartAsync();
        var (loud, quiet) = (await server.JoinAsync(), await server.JoinAsync());
        using var browser = new Browser(server);
        for (var i = 0; i < 5; i++)
        {
            server.Time.Advance(TimeSpan.FromMinutes(5));
            server.WireGuard.Touch("wg_alpha", loud.PublicKey, received: 20_000);
            await server.Registry.ObserveAsync("alpha", Ct);
            server.Services.GetRequiredService<ActivityHistory>().Take(server.Registry.Current);
        }

        (await DescriptionAsync(browser, loud)).ShouldNotContain("Received: lowest 0 B/s, highest 0 B/s");
        (await DescriptionAsync(browser, quiet)).ShouldBe("Received: lowest 0 B/s, highest 0 B/s, latest 0 B/s. Sent: lowest 0 B/s, highest 0 B/s, latest 0 B/s.");
    }

    [Fact]
    public async Task Text_from_the_client_is_not_markup()
    {
        await using var server = await StartAsync();
        var client = await server.Registry.RegisterAsync("alpha", Some.Key(), "<img src=x onerror=alert(1)>");
        using var browser = new Browser(server);

        var page = await browser.PageAsync(PathOf(client.Address.ToString()));

        page.QuerySelectorAll("main img, script:not([src])").ShouldBeEmpty();
        Facts(page).ShouldContain("Source=<img src=x onerror=alert(1)>");
        HistoryOf(page)[0].ShouldContain("<img src=x onerror=alert(1)>");
    }

    private static async Task<string> DescriptionAsync(Browser browser, RegisteredClient client) =>
        (await browser.PageAsync(PathOf(client.Address.ToString()))).QuerySelector("figure desc")!.TextContent;

    private static async Task<Browser> OperatorAsync(TestServer server)
    {
        var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();
        return browser;
    }

    private static async Task<RegisteredClient> NamedAsync(TestServer server, string name)
    {
        var client = await server.Registry.RegisterAsync("alpha", Some.Key(), "198.51.100.7");
        return await server.Registry.SetHostnameAsync(client, name, Acting.As("ops"));
    }

    private static string PathOf(string client) => $"/fleet/alpha/clients/{Uri.EscapeDataString(client)}";

    private static IEnumerable<string> Facts(IHtmlDocument page) =>
        page.QuerySelectorAll("table.facts tr").Select(r => $"{Text(r.Children[0])}={Text(r.Children[1])}");

    private static string[] HistoryOf(IHtmlDocument page) => [.. page.QuerySelectorAll(".history li > p:first-child").Select(Text)];

    private static string Text(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
