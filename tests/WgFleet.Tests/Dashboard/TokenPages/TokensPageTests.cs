using System.Net;
using AngleSharp.Html.Parser;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.TokenPages;

public class TokensPageTests
{
    [Fact]
    public async Task All_tokens_are_listed_without_their_secrets()
    {
        await using var server = await StartAsync();
        var grafana = server.Token(TokenRow.Read, "grafana", TimeSpan.FromDays(90));
        server.Time.Advance(TimeSpan.FromMinutes(1));
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
    public async Task A_token_is_revoked_by_id_only_once()
    {
        await using var server = await StartAsync();
        var other = server.Token(name: "other");
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();
        var action = (await browser.PageAsync("/tokens")).QuerySelectorAll("form").Select(f => f.GetAttribute("action")!).Single(a => a.Contains(other[4..12], StringComparison.Ordinal));

        var stale = await browser.PageAsync("/tokens");
        using var revoked = await browser.SubmitAsync("/tokens", action);
        (await browser.PageAsync(revoked.Headers.Location!.ToString())).QuerySelector(".said p")!.TextContent.ShouldStartWith("Token other is revoked.");
        using (var refused = await server.AskAsync("GET", "/api/v1/fleets", other))
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        // A page that was loaded before must not end another token that has the name by now.
        server.Token(name: "other");
        var field = stale.QuerySelector("form.leave input")!;
        using var again = await browser.PostAsync(action, [(field.GetAttribute("name")!, field.GetAttribute("value")!)]);
        (await browser.PageAsync(again.Headers.Location!.ToString())).QuerySelector(".said[role=alert] p")!.TextContent.ShouldBe("this token is already revoked");
        server.Tokens().All.Count(t => t.Name == "other" && t.RevokedAt is null).ShouldBe(1);
    }

    [Fact]
    public async Task The_last_operator_token_cannot_be_revoked_and_ones_own_ends_the_session()
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
    public async Task The_secret_of_a_new_enrollment_token_is_shown_once()
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();

        using var made = await browser.SubmitAsync(
            "/tokens", "/tokens", ("name", "lab-2026"), ("fleet", "alpha"), ("uses", "20"), ("lifetime", "7d"), ("prune_timeout", "2h"), ("tags", "room=e14, year=2026"));
        made.StatusCode.ShouldBe(HttpStatusCode.OK);
        made.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var shown = new HtmlParser().ParseDocument(await made.Content.ReadAsStringAsync(Ct));
        var secret = shown.QuerySelector("code.secret")!.TextContent;
        shown.QuerySelector("code.command")!.TextContent.ShouldMatch($"echo {secret} > /etc/wg-fleet-join/alpha.token' && curl -sSf http://[^ ]+/fleet/alpha/join.sh -o join.sh && sudo sh join.sh --install$");

        var row = server.Tokens().Enrollment(secret).ShouldNotBeNull().Row;
        (row.Name, row.Fleets?.Single(), row.MaxUses, row.PruneTimeout, row.Tags).ShouldBe(("lab-2026", "alpha", 20, 7200L, "room=e14,year=2026"));
        row.ExpiresAt.ShouldBe(server.Time.GetUtcNow().UtcDateTime.AddDays(7));
        var page = await browser.PageAsync("/tokens");
        page.DocumentElement.OuterHtml.ShouldNotContain(secret[13..]);
        page.QuerySelectorAll("table.tokens tbody tr").Single(r => r.QuerySelector("strong")!.TextContent == "lab-2026").TextContent.ShouldContain("0 of 20");
        server.Log.Lines.Where(l => l.Message.Contains(secret[13..])).ShouldBeEmpty();

        // Sending the same again makes no second one.
        using var again = await browser.SubmitAsync("/tokens", "/tokens", ("name", "lab-2026"), ("lifetime", "7d"));
        (await browser.PageAsync(again.Headers.Location!.ToString())).QuerySelector(".said[role=alert] p")!.TextContent.ShouldContain("there is a token 'lab-2026' already");
    }

    [Fact]
    public async Task A_token_for_several_fleets_is_made_by_ticking_them_and_shows_a_command_for_each()
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();

        using var made = await browser.SubmitAsync("/tokens", "/tokens", ("name", "both"), ("fleet", "beta"), ("fleet", "alpha"), ("lifetime", "7d"));
        var shown = new HtmlParser().ParseDocument(await made.Content.ReadAsStringAsync(Ct));

        shown.QuerySelectorAll("code.command").Select(c => c.TextContent.Contains("beta.token") ? "beta" : "alpha").ShouldBe(["beta", "alpha"]);
        server.Tokens().Enrollment(shown.QuerySelector("code.secret")!.TextContent)!.Row.Fleets.ShouldBe(["beta", "alpha"]);
        var row = (await browser.PageAsync("/tokens")).QuerySelectorAll("table.tokens tbody tr").Single(r => r.QuerySelector("strong")!.TextContent == "both");
        row.QuerySelector("td[data-label=Fleet]")!.TextContent.ShouldBe("beta, alpha");
        (await browser.PageAsync("/events?type=operator.token_created")).Body!.TextContent.ShouldContain("for machines of fleets beta and alpha, any number of uses");
    }

    [Fact]
    public async Task The_page_says_which_fleets_of_a_token_are_gone()
    {
        await using var server = await StartAsync();
        server.Tokens().CreateEnrollment(new("old") { Fleets = ["alpha", "last-year"] }, "a test");
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();

        (await browser.PageAsync("/tokens")).QuerySelectorAll("td[data-label=Fleet]").Select(c => c.TextContent).ShouldContain("alpha, last-year (not in the configuration)");
    }

    [Theory]
    [InlineData("a token's name is", "name", "no spaces")]
    [InlineData("there is no fleet 'nosuch'", "fleet", "nosuch")]
    [InlineData("Uses is a number", "uses", "many")]
    [InlineData("a token has at least 1 use", "uses", "0")]
    [InlineData("the lifetime is one of", "lifetime", "")]
    [InlineData("the lifetime is one of", "lifetime", "3650d")]
    [InlineData("'soon' is not a duration", "prune_timeout", "soon")]
    [InlineData("'room' is not key=value", "tags", "room")]
    [InlineData("a tag is key=value", "tags", "room=<b>")]
    public async Task An_invalid_field_makes_no_token_and_the_page_says_why(string why, string field, string value)
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();
        (string Name, string Value)[] usual = [("name", "lab"), ("lifetime", "7d")];

        using var refused = await browser.SubmitAsync("/tokens", "/tokens", [.. usual.Where(f => f.Name != field), (field, value)]);

        (await browser.PageAsync(refused.Headers.Location!.ToString())).QuerySelector(".said[role=alert] p")!.TextContent.ShouldStartWith(why);
        server.Tokens().All.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_reader_sees_no_tokens_and_makes_none()
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token(TokenRow.Read))).Dispose();

        using var page = await browser.GetAsync("/tokens");

        page.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var field = (await browser.PageAsync("/")).QuerySelector("form.leave input")!;
        using var made = await browser.PostAsync("/tokens", [(field.GetAttribute("name")!, field.GetAttribute("value")!), ("name", "lab"), ("lifetime", "7d")]);
        made.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.PageAsync("/")).QuerySelector("nav a[href='/tokens']").ShouldBeNull();
    }
}
