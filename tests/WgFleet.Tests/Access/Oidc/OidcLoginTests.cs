using System.Net;
using WgFleet.Testing.Oidc;
using WgFleet.Tests.Harness;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access.Oidc;

/// <summary>Logins at a real provider.</summary>
public sealed class OidcLoginTests : IAsyncLifetime
{
    private OidcProvider _provider = null!;
    private TestServer _server = null!;
    private Browser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await OidcProvider.StartAsync();
        _server = await StartAsync(_provider.Configure, TimeProvider.System);
        _browser = new Browser(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
        _provider.Dispose();
    }

    [Fact]
    public async Task A_person_logs_in_at_the_provider_and_is_named_in_the_log_and_in_events()
    {
        using var asked = await _browser.GetAsync("/fleet/alpha?q=x");
        asked.Headers.Location!.ToString().ShouldBe("/login?next=%2Ffleet%2Falpha%3Fq%3Dx");
        var link = (await _browser.PageAsync(asked.Headers.Location.ToString())).QuerySelector("a.button")!;
        link.TextContent.ShouldBe("Log in with Example");

        using var entered = await _browser.LogInAtAsync(_provider, "ann", link.GetAttribute("href")!);

        entered.StatusCode.ShouldBe(HttpStatusCode.OK);
        entered.Headers.GetValues("Refresh").Single().ShouldBe("0; url=/fleet/alpha?q=x");
        SessionCookie(entered).ShouldContain("; path=/; samesite=strict; httponly");
        (await _browser.PageAsync("/")).QuerySelector("form.leave span")!.TextContent.ShouldBe("ann@example.com");
        (await _browser.SubmitAsync("/fleet/alpha", "/fleet/alpha/freeze")).Dispose();
        _server.Registry.Current.Fleet("alpha")!.Frozen.ShouldNotBeNull().By.ShouldBe("ann@example.com");
        Messages.ShouldContain("Operator ann@example.com logged in at Example from 127.0.0.1 with scope write; groups: staff, netops");
        Messages.ShouldAllBe(m => !m.Contains("correct horse"));

        using var left = await _browser.SubmitAsync("/", "/logout");
        left.Headers.Location!.ToString().ShouldBe("/login");
        (await StatusAsync("/")).ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_claim_that_is_one_text_counts_and_a_role_for_reading_changes_nothing()
    {
        (await _browser.LogInAtAsync(_provider, "rob")).Dispose();

        var page = await _browser.PageAsync("/fleet/alpha");
        page.QuerySelector("form.leave span")!.TextContent.ShouldBe("rob@example.com");
        var token = page.QuerySelector("form.leave input")!.GetAttribute("value")!;
        using var refused = await _browser.PostAsync("/fleet/alpha/freeze", [("__RequestVerificationToken", token)], ("Accept", "text/html"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("Your role allows you to read only: ask for one with scope write.");
        _server.Registry.Current.Fleet("alpha")!.Frozen.ShouldBeNull();
    }

    [Fact]
    public async Task A_person_whose_groups_have_no_role_is_told_which_account_it_is_and_what_to_ask_for()
    {
        using var refused = await _browser.LogInAtAsync(_provider, "pia");

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        HasSession(refused).ShouldBeFalse();
        var text = await refused.Content.ReadAsStringAsync(Ct);
        text.ShouldContain("You are logged in at Example as pia@example.com");
        text.ShouldContain("<code>painters</code>");
        text.ShouldContain("&lt;b&gt;poets");
        text.ShouldContain("href=\"/login/oidc?other=1\"");
        (await StatusAsync("/")).ShouldBe(HttpStatusCode.Redirect);
        Messages.ShouldContain("pia@example.com logged in at Example from 127.0.0.1 and has no role in oidc.roles; groups: painters, <b>poets</b>");
    }

    [Fact]
    public async Task A_person_without_groups_is_told_that_the_provider_sends_none()
    {
        using var refused = await _browser.LogInAtAsync(_provider, "nil");

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("Example has not said which groups you are in.");
    }

    [Fact]
    public async Task A_person_whose_mail_is_not_verified_is_named_by_their_number_at_the_provider()
    {
        (await _browser.LogInAtAsync(_provider, "mal")).Dispose();

        (await _browser.PageAsync("/")).QuerySelector("form.leave span")!.TextContent.ShouldBe("mal@localhost");
    }

    [Fact]
    public async Task A_login_that_is_cancelled_at_the_provider_says_so_and_can_begin_again()
    {
        using var cancelled = await _browser.LogInAtAsync(_provider, OidcVisitor.Nobody);

        cancelled.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        HasSession(cancelled).ShouldBeFalse();
        (await cancelled.Content.ReadAsStringAsync(Ct)).ShouldContain("You have not logged in at Example.");
        using var entered = await _browser.LogInAtAsync(_provider, "ann");
        HasSession(entered).ShouldBeTrue();
    }

    [Fact]
    public async Task The_answer_of_the_provider_counts_once_and_in_the_browser_that_asked()
    {
        var answer = await _browser.AnswerOfAsync(_provider, "ann");
        using (var other = new Browser(_server))
        using (var stolen = await other.GetAsync(answer))
        {
            stolen.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            HasSession(stolen).ShouldBeFalse();
        }

        using (var entered = await _browser.GetAsync(answer))
            HasSession(entered).ShouldBeTrue();

        // Back in the browser, or sent twice.
        using (var again = await _browser.GetAsync(answer))
        {
            again.StatusCode.ShouldBe(HttpStatusCode.OK);
            HasSession(again).ShouldBeFalse();
        }

        (await _browser.SubmitAsync("/", "/logout")).Dispose();
        using (var replayed = await _browser.GetAsync(answer))
        {
            replayed.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            HasSession(replayed).ShouldBeFalse();
            (await replayed.Content.ReadAsStringAsync(Ct)).ShouldContain("The login at Example has failed, or took too long: try again.");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?code=x")]
    [InlineData("?code=x&state=forged")]
    [InlineData("?code=x&state=CfDJ8AAA")]
    [InlineData("?error=access_denied&error_description=%1b[31mred&state=x")]
    [InlineData("?error=%0aOperator+ann+logged+in")]
    [InlineData("?id_token=x&state=x")]
    public async Task An_answer_that_nobody_asked_for_begins_no_session_and_is_one_line_in_the_log(string query)
    {
        using var refused = await _browser.GetAsync("/login/oidc/callback" + query);

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        HasSession(refused).ShouldBeFalse();
        Messages.Where(m => m.StartsWith("A login at Example from 127.0.0.1 has failed: ", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldNotContain('\n');
        Messages.ShouldAllBe(m => !m.Contains('\x1b'));
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    public async Task A_login_does_not_lead_to_another_site(string next)
    {
        using var entered = await _browser.LogInAtAsync(_provider, "ann", $"/login/oidc?next={Uri.EscapeDataString(next)}");

        entered.Headers.GetValues("Refresh").Single().ShouldBe("0; url=/");
    }

    [Fact]
    public async Task A_login_begins_a_session_of_its_own_and_ends_the_one_before()
    {
        (await _browser.LogInAsync(_server.Token())).Dispose();
        var planted = _browser.Cookies.GetCookieHeader(_server.Addresses[0]);

        (await _browser.LogInAtAsync(_provider, "rob")).Dispose();

        (await _browser.PageAsync("/")).QuerySelector("form.leave span")!.TextContent.ShouldBe("rob@example.com");
        using var old = await _server.AskAsync("GET", "/", headers: ("Cookie", planted));
        old.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Tokens_keep_working_beside_it_and_nobody_reads_without_either()
    {
        (await StatusAsync("/")).ShouldBe(HttpStatusCode.Redirect);
        (await StatusAsync("/api/v1/fleets")).ShouldBe(HttpStatusCode.Unauthorized);

        var token = _server.Token();
        (await _browser.LogInAsync(token)).Dispose();
        (await StatusAsync("/")).ShouldBe(HttpStatusCode.OK);
        using var api = await _server.AskAsync("GET", "/api/v1/fleets", token);
        api.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Behind_a_proxy_with_TLS_the_provider_is_told_the_https_address_and_cookies_are_secure()
    {
        using var begun = await _server.AskAsync("GET", "/login/oidc", headers: [("X-Forwarded-Proto", "https"), ("Host", "example.test")]);

        begun.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        begun.Headers.Location!.Query.ShouldContain("redirect_uri=https%3A%2F%2Fexample.test%2Flogin%2Foidc%2Fcallback");
        begun.Headers.Location.Query.ShouldContain("code_challenge_method=S256");
        foreach (var cookie in begun.Headers.GetValues("Set-Cookie"))
            cookie.ShouldMatch(@"\Awg-fleet-(login|nonce)\.[^;]+; expires=[^;]+; path=/login/oidc/callback; secure; samesite=lax; httponly\z");
    }

    [Fact]
    public async Task Without_TLS_a_login_begins_on_the_loopback_only()
    {
        using var refused = await _server.AskAsync("GET", "/login/oidc", headers: ("Host", "example.test"));

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("A login at Example needs https");
        refused.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    // What this server says; that of ASP.NET Core is not shown to operators.
    private IEnumerable<string> Messages => _server.Log.Lines.Where(l => l.Category.StartsWith("WgFleet", StringComparison.Ordinal)).Select(l => l.Message);

    internal static bool HasSession(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(c => c.StartsWith("wg-fleet-session=", StringComparison.Ordinal) && !c.StartsWith("wg-fleet-session=;", StringComparison.Ordinal));

    private static string SessionCookie(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("wg-fleet-session=", StringComparison.Ordinal));

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await _browser.GetAsync(path);
        return answer.StatusCode;
    }
}
