using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using WgFleet.Testing.Oidc;
using WgFleet.Tests.Harness;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access.Oidc;

/// <summary>Tokens of a provider that are forged, or that are for somebody else.</summary>
public class OidcTokenTests
{
    private static readonly Dictionary<string, Action<SecurityTokenDescriptor>> Forgeries = new()
    {
        ["of another issuer"] = token => token.Issuer = "http://127.0.0.1:1",
        ["for another client"] = token => token.Audience = "another",
        ["of another login"] = token => ((ClaimsIdentity)token.Subject).Named("nonce", "x"),
        ["without a nonce"] = token => ((ClaimsIdentity)token.Subject).Named("nonce", null),
        ["of yesterday"] = token => (token.IssuedAt, token.NotBefore, token.Expires) = (DateTime.UtcNow.AddDays(-2), DateTime.UtcNow.AddDays(-2), DateTime.UtcNow.AddDays(-1)),
        ["signed by a stranger"] = token => token.SigningCredentials = new(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "k" }, SecurityAlgorithms.RsaSha256),
        ["signed with the public secret"] = token => token.SigningCredentials = new(new SymmetricSecurityKey(new byte[32]) { KeyId = "k" }, SecurityAlgorithms.HmacSha256),
        ["not signed"] = token => token.SigningCredentials = null,
        ["of nobody"] = token => ((ClaimsIdentity)token.Subject).Named("sub", null),
    };

    public static TheoryData<string> AllForgeries => [.. Forgeries.Keys];

    [Fact]
    public async Task A_token_of_the_provider_for_this_login_begins_a_session()
    {
        await using var provider = await ForgingProvider.StartAsync();
        await using var server = await StartAsync(provider.Configure, TimeProvider.System);
        using var browser = new Browser(server);

        using var entered = await provider.LogInAsync(browser);

        entered.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.PageAsync("/")).QuerySelector("form.leave span")!.TextContent.ShouldBe("7@127.0.0.1");
        provider.Asked!["code_verifier"].ToString().Length.ShouldBeGreaterThan(40);
        provider.Asked["redirect_uri"].ToString().ShouldBe($"{server.Addresses[0]}login/oidc/callback");
        provider.Asked.ContainsKey("client_secret").ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(AllForgeries))]
    public async Task A_forged_token_begins_no_session(string forgery)
    {
        await using var provider = await ForgingProvider.StartAsync();
        await using var server = await StartAsync(provider.Configure, TimeProvider.System);
        using var browser = new Browser(server);
        provider.Forge = Forgeries[forgery];

        using var refused = await provider.LogInAsync(browser);

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, forgery);
        OidcLoginTests.HasSession(refused).ShouldBeFalse();
        server.Log.Lines.Where(l => l.Category == "WgFleet.Dashboard.Login").ShouldHaveSingleItem().Message.ShouldStartWith("A login at Forger from 127.0.0.1 has failed: ");
    }

    [Fact]
    public async Task A_provider_with_another_name_than_the_configured_is_not_asked()
    {
        await using var provider = await ForgingProvider.StartAsync();
        await using var server = await StartAsync(provider.Configure, TimeProvider.System);
        provider.CalledInstead = "https://login.example.com";

        using var refused = await server.AskAsync("GET", "/login/oidc");

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        server.Log.Lines.Where(l => l.Category == "WgFleet.Dashboard.Login").ShouldHaveSingleItem().Message
            .ShouldBe($"Nobody can log in at Forger now: the provider calls itself https://login.example.com, not {provider.Issuer}: set oidc.issuer to that");
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_keeps_neither_the_server_from_starting_nor_tokens_from_working()
    {
        var provider = await ForgingProvider.StartAsync();
        var issuer = provider.Issuer;
        await using var server = await StartAsync(provider.Configure, TimeProvider.System);
        await provider.DisposeAsync();
        using var browser = new Browser(server);

        using var refused = await browser.GetAsync("/login/oidc?next=%2Fevents");

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("Forger cannot be asked now: try again later, or log in with a token.");
        server.Log.Lines.Where(l => l.Category == "WgFleet.Dashboard.Login").ShouldHaveSingleItem().Message.ShouldStartWith("Nobody can log in at Forger now: ");
        using var entered = await browser.LogInAsync(server.Token());
        entered.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        issuer.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_public_url_is_where_a_login_begins_and_where_the_provider_sends_people()
    {
        await using var provider = await ForgingProvider.StartAsync();
        await using var server = await StartAsync(c => provider.Configure(c) with { PublicUrl = new Uri("https://fleet.example.test") }, TimeProvider.System);
        using var browser = new Browser(server);

        (await browser.PageAsync("/login?next=%2Fevents")).QuerySelector("a.button")!.GetAttribute("href").ShouldBe("https://fleet.example.test/login/oidc?next=%2Fevents");
        using var begun = await browser.GetAsync("/login/oidc");
        begun.Headers.Location!.Query.ShouldContain("redirect_uri=https%3A%2F%2Ffleet.example.test%2Flogin%2Foidc%2Fcallback");
    }

    [Fact]
    public async Task A_session_of_a_person_ends_12_hours_after_the_login_however_busy_it_is()
    {
        var time = new AheadTime();
        await using var provider = await ForgingProvider.StartAsync();
        await using var server = await StartAsync(provider.Configure, time);
        using var browser = new Browser(server);
        (await provider.LogInAsync(browser)).Dispose();

        time.Ahead = TimeSpan.FromHours(7);
        (await StatusAsync()).ShouldBe(HttpStatusCode.OK);
        time.Ahead = TimeSpan.FromHours(11.9);
        (await StatusAsync()).ShouldBe(HttpStatusCode.OK);
        time.Ahead = TimeSpan.FromHours(12.1);
        (await StatusAsync()).ShouldBe(HttpStatusCode.Redirect);

        async Task<HttpStatusCode> StatusAsync()
        {
            using var answer = await browser.GetAsync("/");
            return answer.StatusCode;
        }
    }

    /// <summary>The system's clock, ahead by some time.</summary>
    private sealed class AheadTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}

/// <summary>Changes what a token says of its subject.</summary>
internal static class Subjects
{
    public static void Named(this ClaimsIdentity subject, string claim, string? value)
    {
        subject.RemoveClaim(subject.FindFirst(claim));
        if (value is not null)
            subject.AddClaim(new Claim(claim, value));
    }
}
