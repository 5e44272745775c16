using System.Net;
using AngleSharp.Dom;
using WgFleet.Store;
using WgFleet.Tests.Access;
using static WgFleet.Tests.TestServer;

namespace WgFleet.Tests.Dashboard;

public class TokensPageTests
{
    [Fact]
    public async Task All_tokens_are_listed_without_what_lets_their_holders_in()
    {
        await using var server = await StartAsync();
        var grafana = server.Token(TokenRow.Read, "grafana", TimeSpan.FromDays(90));
        server.Token(name: "gone");
        server.Tokens().Revoke(TokenRow.Admin, "gone", "a test", mayOpen: false);
        var own = server.Token();
        using var browser = new Browser(server);
        (await browser.LogInAsync(own)).Dispose();

        var page = await browser.PageAsync("/tokens");

        var rows = page.QuerySelectorAll("table.tokens tbody tr");
        rows.Select(r => $"{r.QuerySelector("strong")!.TextContent} {r.QuerySelector("td:nth-child(2) .chip")!.TextContent}").ShouldBe(["ops live", "grafana live", "gone revoked"]);
        rows.Select(r => r.QuerySelectorAll("form").Length).ShouldBe([1, 1, 0]);
        rows[0].QuerySelector("td:first-child .chip")!.TextContent.ShouldBe("yours");
        rows[1].Children[6].TextContent.Trim().ShouldBe("2026-04-02 03:04");
        foreach (var token in server.Tokens().All)
            page.DocumentElement.OuterHtml.ShouldNotContain(token.Hash);
        page.DocumentElement.OuterHtml.ShouldNotContain(grafana[13..]);
        page.DocumentElement.OuterHtml.ShouldNotContain(own[13..]);
        page.QuerySelector("nav a[href='/tokens']").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_token_is_revoked_by_its_row_and_once()
    {
        await using var server = await StartAsync();
        var other = server.Token(name: "other");
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();
        var action = (await browser.PageAsync("/tokens")).QuerySelectorAll("form").Select(f => f.GetAttribute("action")!).Single(a => a.Contains(other[4..12], StringComparison.Ordinal));

        var stale = await browser.PageAsync("/tokens");
        using var revoked = await browser.SubmitAsync("/tokens", action);
        (await browser.PageAsync(revoked.Headers.Location!.ToString())).QuerySelector(".said p")!.TextContent.ShouldStartWith("Token other is revoked:");
        using (var refused = await server.AskAsync("GET", "/api/v1/fleets", other))
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        // A page that was loaded before must not end another token that has the name by now.
        server.Token(name: "other");
        var field = stale.QuerySelector("form.leave input")!;
        using var again = await browser.PostAsync(action, [(field.GetAttribute("name")!, field.GetAttribute("value")!)]);
        (await browser.PageAsync(again.Headers.Location!.ToString())).QuerySelector(".said[role=alert] p")!.TextContent.ShouldBe("this token is revoked already");
        server.Tokens().All.Count(t => t.Name == "other" && t.RevokedAt is null).ShouldBe(1);
    }

    [Fact]
    public async Task The_last_one_stays_and_ones_own_ends_the_session()
    {
        await using var server = await StartAsync();
        var own = server.Token();
        using var browser = new Browser(server);
        (await browser.LogInAsync(own)).Dispose();
        var action = $"/tokens/{own[4..12]}/revoke";

        using (var refused = await browser.SubmitAsync("/tokens", action))
            (await browser.PageAsync(refused.Headers.Location!.ToString())).QuerySelector(".said[role=alert]")!.TextContent.ShouldContain("this is the last admin token");

        server.Token(name: "other");
        using (var revoked = await browser.SubmitAsync("/tokens", action))
            revoked.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        using var page = await browser.GetAsync("/tokens");
        page.Headers.Location!.ToString().ShouldBe("/login?next=%2Ftokens");
    }

    [Fact]
    public async Task Who_may_only_look_sees_no_tokens()
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token(TokenRow.Read))).Dispose();

        using var page = await browser.GetAsync("/tokens");

        page.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.PageAsync("/")).QuerySelector("nav a[href='/tokens']").ShouldBeNull();
    }
}
