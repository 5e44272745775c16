using System.Net;
using AngleSharp.Html.Parser;
using WgFleet.Store;
using WgFleet.Tests.Harness;
using WgFleet.Tests.Http.Api;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.ManyPages;

/// <summary>Many clients are chosen, shown with what will happen, and changed, without a script.</summary>
public class ManyPagesTests
{
    [Fact]
    public async Task The_list_leads_to_its_clients_which_are_ticked_shown_and_changed()
    {
        await using var server = await StartAsync();
        var (e1, e2) = (await ApiTests.NamedAsync(server, "e14-1"), await ApiTests.NamedAsync(server, "e14-2"));
        await ApiTests.NamedAsync(server, "other");
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();

        var link = (await browser.PageAsync("/fleet/alpha?q=e14")).QuerySelectorAll(".take a").Single(a => a.TextContent == "Change these").GetAttribute("href")!;
        link.ShouldBe("/fleet/alpha/many?q=e14");
        (await browser.PageAsync(link)).QuerySelectorAll("input[name=id][checked]").Select(i => i.GetAttribute("value")).ShouldBe([$"{e1.Id}", $"{e2.Id}"]);
        (string Name, string Value)[] fields = [("act", "rename"), ("set", ""), ("unset", ""), ("pattern", "pc-{n:2}"), ("id", $"{e2.Id}")];
        using var planned = await browser.SubmitAsync(link, "/fleet/alpha/many/plan?q=e14", fields);
        var plan = new HtmlParser().ParseDocument(await planned.Content.ReadAsStringAsync(Ct));
        plan.QuerySelector("h1")!.TextContent.ShouldBe("Rename 1 client of alpha?");
        plan.QuerySelectorAll(".steps li").Select(l => l.TextContent).ShouldBe(["e14-2 is called pc-01"]);
        server.Registry.Current.Fleet("alpha")!.ByHostname.ContainsKey("pc-01").ShouldBeFalse();

        var form = plan.QuerySelector("form.many")!;
        using var done = await browser.PostAsync(
            form.GetAttribute("action")!, [.. form.QuerySelectorAll("input").Select(i => (i.GetAttribute("name")!, i.GetAttribute("value")!))]);
        done.StatusCode.ShouldBe(HttpStatusCode.Found);
        (await browser.PageAsync(done.Headers.Location!.ToString())).QuerySelector(".said")!.TextContent.Trim().ShouldBe("1 client renamed.");
        server.Registry.Current.Fleet("alpha")!.ByHostname.Keys.ShouldBe(["e14-1", "pc-01", "other"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("", "", "", "choose what to do")]
    [InlineData("tag", "", "", "there is no tag to set or unset")]
    [InlineData("tag", "room", "", "'room' is not key=value, or its key appears twice")]
    [InlineData("rename", "", "same", "the name 'same' can be given once: web and db would both get it; no client was renamed")]
    public async Task What_is_wrong_is_told_where_it_was_filled_in(string act, string set, string pattern, string why)
    {
        await using var server = await StartAsync();
        var (web, db) = (await ApiTests.NamedAsync(server, "web"), await ApiTests.NamedAsync(server, "db"));
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();

        using var answer = await browser.SubmitAsync("/fleet/alpha/many", "/fleet/alpha/many/plan", ("act", act), ("set", set), ("unset", ""), ("pattern", pattern), ("id", $"{web.Id}"), ("id", $"{db.Id}"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(Ct));
        page.QuerySelector("[role=alert]")!.TextContent.ShouldBe($"Nothing was changed: {why}.");
        page.QuerySelector("#pattern")!.GetAttribute("value").ShouldBe(pattern);
    }

    [Fact]
    public async Task Nobody_is_changed_when_nobody_is_ticked_and_whoever_may_only_read_sees_no_link()
    {
        await using var server = await StartAsync();
        await ApiTests.NamedAsync(server, "web");
        var (write, read) = (server.Token(), server.Token(TokenRow.Read, "reader"));
        using var browser = new Browser(server);
        (await browser.LogInAsync(write)).Dispose();

        using var answer = await browser.SubmitAsync("/fleet/alpha/many", "/fleet/alpha/many/plan", ("act", "remove"));
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("no client of fleet alpha is chosen");
        using var reader = new Browser(server);
        (await reader.LogInAsync(read)).Dispose();
        (await reader.PageAsync("/fleet/alpha")).QuerySelectorAll(".take a").Length.ShouldBe(1);
        using var refused = await reader.GetAsync("/fleet/alpha/many");
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
