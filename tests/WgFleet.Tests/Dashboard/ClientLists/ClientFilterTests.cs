using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using WgFleet.Fleets.State;
using WgFleet.Store;
using static WgFleet.Tests.Dashboard.DashboardHost;

namespace WgFleet.Tests.Dashboard.ClientLists;

/// <summary>What an operator chooses by the chips above a list, and takes away as CSV.</summary>
public class ClientFilterTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "here", "gone", "(none)", "new")]
    [InlineData("?state=online", "here")]
    [InlineData("?state=offline", "gone", "(none)", "new")]
    [InlineData("?state=never", "(none)", "new")]
    [InlineData("?unnamed=yes", "(none)")]
    [InlineData("?pinned=yes", "gone", "new")]
    [InlineData("?pinned=yes&state=never", "new")]
    [InlineData("?tag=room%3De14", "gone", "new")]
    [InlineData("?tag=room%3De14&q=new", "new")]
    [InlineData("?tag=room%3De15")]
    [InlineData("?tag=room")]
    public async Task A_list_has_only_the_clients_that_were_asked_for(string query, params string[] names)
    {
        await using var host = await StartAsync(Some());

        Names(await host.PageAsync("/fleet/alpha" + query)).ShouldBe(names);
        Names(await host.PageAsync("/clients" + query)).ShouldBe(names);
    }

    [Theory]
    [InlineData("?state=asleep", "state is 'asleep', use online, offline, never")]
    [InlineData("?pinned=no", "pinned is 'no', use yes")]
    [InlineData("?size=26", "size is '26', use 25, 50, 100, 250, 500")]
    public async Task A_choice_that_does_not_exist_is_refused(string query, string why)
    {
        await using var host = await StartAsync(Some());

        using var response = await host.Client.GetAsync("/clients" + query, Ct);

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync(Ct)).ShouldContain(why);
    }

    [Fact]
    public async Task A_chip_turns_its_filter_on_and_off_and_keeps_the_others()
    {
        await using var host = await StartAsync(Some());

        var page = await host.PageAsync("/fleet/alpha?q=e&pinned=yes&sort=seen&dir=asc&size=25");

        var chips = page.QuerySelectorAll(".chips a").ToDictionary(a => a.TextContent, a => (a.GetAttribute("href"), a.GetAttribute("aria-current")));
        chips["Offline"].ShouldBe(("/fleet/alpha?q=e&state=offline&pinned=yes&sort=seen&dir=asc&size=25", null));
        chips["Pinned"].ShouldBe(("/fleet/alpha?q=e&sort=seen&dir=asc&size=25", "true"));
        chips["room=e14"].ShouldBe(("/fleet/alpha?q=e&pinned=yes&tag=room%3De14&sort=seen&dir=asc&size=25", null));
        page.QuerySelectorAll<IHtmlInputElement>("form.search input").Select(i => $"{i.Name}={i.Value}").ShouldBe(["q=e", "pinned=yes", "sort=seen", "dir=asc", "size=25"]);
    }

    [Theory]
    [InlineData(25)]
    [InlineData(500)]
    public async Task A_page_has_as_many_clients_as_was_asked_for(int size)
    {
        await using var host = await StartAsync(Fleet("alpha", [.. Enumerable.Range(1, 1000).Select(i => RegisteredClient(i, $"n-{i}"))]));

        var page = await host.PageAsync($"/clients?size={size}&page=2");

        Names(page).Length.ShouldBe(size);
        Names(page)[0].ShouldBe($"n-{size + 1}");
        page.QuerySelector(".sizes a[aria-current]")!.TextContent.ShouldBe($"{size} a page");
    }

    [Fact]
    public async Task The_list_of_all_fleets_says_of_each_client_in_which_fleet_it_is()
    {
        var other = RegisteredClient(9, "crane") with { Fleet = "beta" };
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1, "crane")), Fleet("beta", other));

        var page = await host.PageAsync("/clients?q=crane.beta");

        var row = page.QuerySelectorAll("table.clients tbody tr").ShouldHaveSingleItem();
        row.QuerySelector(".of")!.TextContent.ShouldBe("beta");
        row.QuerySelector("a")!.GetAttribute("href").ShouldBe($"/fleet/beta/clients/{other.Address}");
        page.QuerySelector("h1")!.TextContent.ShouldBe("Clients of all fleets (2)");
    }

    [Fact]
    public async Task The_CSV_has_all_that_is_listed_on_all_pages_and_no_formula_for_a_spreadsheet()
    {
        var evil = RegisteredClient(1, "a", source: "=HYPERLINK(\"http://evil.example\",1)") with { Tags = Tags.Read("room=e14,year=2026") };
        await using var host = await StartAsync(Fleet("alpha", [evil, .. Enumerable.Range(2, 700).Select(i => RegisteredClient(i, $"n-{i}"))]));

        var link = (await host.PageAsync("/fleet/alpha?sort=hostname&page=3")).QuerySelector(".take a")!.GetAttribute("href");
        link.ShouldBe("/fleet/alpha/clients.csv?sort=hostname&dir=asc");
        using var response = await host.Client.GetAsync(link, Ct);
        var lines = (await response.Content.ReadAsStringAsync(Ct)).Split("\r\n");

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        response.Content.Headers.ContentDisposition!.ToString().ShouldBe("attachment; filename=alpha.csv");
        lines.Length.ShouldBe(1 + 701 + 1);
        lines[0].ShouldBe("fleet,name,full_name,address,public_key,source,state,pinned,registered,last_seen,last_handshake,received_bytes,sent_bytes,tags");
        lines[1].ShouldBe(
            $"alpha,a,a.alpha.example.org,fd00:1::1001,{evil.PublicKey},\"'=HYPERLINK(\"\"http://evil.example\"\",1)\",offline,no,2026-03-04T12:00:00Z,2026-03-04T12:00:00Z,,0,0,room=e14 year=2026");
        (await host.Client.GetStringAsync("/clients.csv?q=n-70", Ct)).Split("\r\n").Length.ShouldBe(1 + 3 + 1);
    }

    private static FleetSnapshot Some()
    {
        var here = RegisteredClient(1, "here");
        here.Liveness.Observed(Now - TimeSpan.FromMinutes(1), 10, 10, Now);
        var gone = RegisteredClient(2, "gone", quiet: TimeSpan.FromHours(2)) with { Pinned = new Pin(Now, "ops"), Tags = Tags.Read("room=e14") };
        gone.Liveness.Observed(Now - TimeSpan.FromHours(1), 10, 10, Now);
        return Fleet("alpha", here, gone, RegisteredClient(3), RegisteredClient(4, "new") with { Pinned = new Pin(Now, "ops"), Tags = Tags.Read("room=e14") });
    }

    private static string[] Names(IHtmlDocument page) => [.. page.QuerySelectorAll("table.clients tbody tr").Select(r => r.QuerySelector("a")!.TextContent)];
}
