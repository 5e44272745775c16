using System.Net;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

public class LoginTests
{
    [Fact]
    public async Task A_session_cookie_is_HttpOnly_and_SameSite_Strict()
    {
        await using var server = await StartAsync();
        var token = server.Token(TokenRow.Read);
        using var browser = new Browser(server);

        using var unknown = await browser.GetAsync("/fleet/alpha?q=x%20y");
        unknown.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        unknown.Headers.Location!.ToString().ShouldBe("/login?next=%2Ffleet%2Falpha%3Fq%3Dx%2520y");
        using var entered = await browser.LogInAsync(token, unknown.Headers.Location.ToString());

        entered.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        entered.Headers.Location!.ToString().ShouldBe("/fleet/alpha?q=x%20y");
        var cookie = entered.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("wg-fleet-session=", StringComparison.Ordinal));
        cookie.ShouldContain("; path=/; samesite=strict; httponly");
        cookie.ShouldNotContain(token[13..]);
        (await browser.PageAsync("/")).QuerySelector("form.leave span")!.TextContent.ShouldBe("ops");
        server.Log.Lines.Select(l => l.Message).Where(m => m.Contains(token[13..])).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_cookie_is_secure_behind_a_proxy_that_speaks_TLS()
    {
        await using var server = await StartAsync();
        var token = server.Token();
        using var browser = new Browser(server);
        var page = await browser.PageAsync("/login");
        var field = page.QuerySelector("input[type=hidden]")!;

        using var entered = await browser.PostAsync(
            "/login", [(field.GetAttribute("name")!, field.GetAttribute("value")!), ("token", token)],
            ("X-Forwarded-Proto", "https"), ("Origin", $"https://{server.Addresses[0].Authority}"));

        entered.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        entered.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("wg-fleet-session=", StringComparison.Ordinal)).ShouldContain("; secure;");
    }

    [Fact]
    public async Task A_logged_out_session_cannot_be_used_again()
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();
        var stolen = browser.Cookies.GetCookieHeader(server.Addresses[0]);

        using var left = await browser.SubmitAsync("/", "/logout");

        left.Headers.Location!.ToString().ShouldBe("/login");
        using var again = await server.AskAsync("GET", "/", headers: ("Cookie", stolen));
        again.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_session_ends_with_its_token_and_after_12_hours_without_a_request()
    {
        await using var server = await StartAsync();
        server.Token(name: "other");
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();

        server.Time.Advance(TimeSpan.FromHours(7));
        (await StatusAsync()).ShouldBe(HttpStatusCode.OK);
        server.Time.Advance(TimeSpan.FromHours(7));
        (await StatusAsync()).ShouldBe(HttpStatusCode.OK);
        server.Time.Advance(TimeSpan.FromHours(13));
        (await StatusAsync()).ShouldBe(HttpStatusCode.Redirect);

        (await browser.LogInAsync(server.Token(name: "more"))).Dispose();
        (await StatusAsync()).ShouldBe(HttpStatusCode.OK);
        server.Tokens().Revoke(TokenRow.Admin, "more", "a test", mayOpen: false);
        (await StatusAsync()).ShouldBe(HttpStatusCode.Redirect);

        async Task<HttpStatusCode> StatusAsync()
        {
            using var answer = await browser.GetAsync("/");
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("wgf_00000000_0000000000000000000000000000000000000000000")]
    [InlineData("<b>x</b>")]
    public async Task A_wrong_token_begins_no_session(string text)
    {
        await using var server = await StartAsync();
        server.Token();
        using var browser = new Browser(server);

        using var refused = await browser.LogInAsync(text);

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        refused.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; ");
        refused.Headers.TryGetValues("Set-Cookie", out var cookies);
        (cookies ?? []).ShouldAllBe(c => !c.StartsWith("wg-fleet-session", StringComparison.Ordinal));
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("This token is unknown, revoked or expired.");
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldNotContain("<b>x");
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/\r\nLocation: https://evil.example/")]
    [InlineData("")]
    public async Task A_login_does_not_redirect_to_another_site(string next)
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server);

        using var entered = await browser.SubmitAsync("/login", "/login", ("token", server.Token()), ("next", next));

        entered.Headers.Location!.ToString().ShouldBe("/");
    }

    [Fact]
    public async Task A_form_without_its_antiforgery_token_is_refused()
    {
        await using var server = await StartAsync();
        var token = server.Token();
        using var browser = new Browser(server);
        (await browser.PageAsync("/login")).ShouldNotBeNull();

        using (var bare = await browser.PostAsync("/login", [("token", token)]))
            bare.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using (var forged = await browser.PostAsync("/login", [("token", token), ("__RequestVerificationToken", "x")]))
            forged.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        (await browser.LogInAsync(token)).Dispose();
        using (var bare = await browser.PostAsync("/logout", []))
            bare.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        // A session changes nothing by the API either, unless the request carries what only our pages hold.
        using (var bare = await browser.PostAsync("/api/v1/hooks/nosuch/pause", []))
            bare.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var value = (await browser.PageAsync("/")).QuerySelector("form.leave input")!.GetAttribute("value")!;
        using var run = await browser.PostAsync("/api/v1/hooks/nosuch/pause", [], ("RequestVerificationToken", value));
        run.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_login_page_says_how_to_create_a_token_while_there_is_none()
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server);

        var page = await browser.PageAsync("/login");

        page.QuerySelector("form").ShouldBeNull();
        page.Body!.TextContent.ShouldContain("wg-fleet tokens create --admin NAME --scope read");
    }
}
