using System.Net;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>Where requests come from, as networks and as browsers say it.</summary>
public class OriginTests
{
    [Theory]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("fd00:a::77", HttpStatusCode.OK)]
    [InlineData("fd00:b::77", HttpStatusCode.OK)]
    [InlineData("fd00:c::77", HttpStatusCode.Redirect)]
    [InlineData("203.0.113.7", HttpStatusCode.Redirect)]
    [InlineData("fd00:a::77, 203.0.113.7", HttpStatusCode.Redirect)]
    [InlineData("anything", HttpStatusCode.Redirect)]
    [InlineData("", HttpStatusCode.OK)]
    public async Task By_default_the_gateway_and_the_fleets_may_read(string from, HttpStatusCode status)
    {
        await using var server = await StartAsync();

        using var answer = await server.AskAsync("GET", "/fleet/alpha", from: from);

        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task The_key_read_allow_replaces_the_default_readers()
    {
        await using var open = await StartAsync(c => c with { ReadAllow = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("203.0.113.0/24")] });
        await using var shut = await StartAsync(c => c with { ReadAllow = [] });

        (await open.AskAsync("GET", "/", from: Visitors.Stranger)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await open.AskAsync("GET", "/", from: "fd00:a::77")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await open.AskAsync("POST", "/api/v1/hooks/hosts_file/run", from: Visitors.Stranger)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await shut.AskAsync("GET", "/")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await shut.AskAsync("GET", "/api/v1/hooks")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("evil.example:8000", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("evil.example.test", HttpStatusCode.Forbidden)]
    [InlineData("localhost:1", HttpStatusCode.OK)]
    [InlineData("LOCALHOST", HttpStatusCode.OK)]
    [InlineData("[fd00:a::1]:8000", HttpStatusCode.OK)]
    [InlineData("192.0.2.254", HttpStatusCode.OK)]
    [InlineData("example.test", HttpStatusCode.OK)]
    [InlineData("fleet.example", HttpStatusCode.OK)]
    public async Task A_request_with_a_foreign_Host_is_refused(string host, HttpStatusCode status)
    {
        await using var server = await StartAsync(c => c with { DashboardHosts = ["fleet.example"] });

        (await server.AskAsync("GET", "/", headers: ("Host", host))).StatusCode.ShouldBe(status);
        (await server.AskAsync("GET", "/api/v1/hooks", headers: ("Host", host))).StatusCode.ShouldBe(status);
        (await server.AskAsync("GET", "/healthz", headers: ("Host", host))).StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Token();
        (await server.AskAsync("GET", "/login", headers: ("Host", host))).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task A_caller_with_a_token_may_call_the_server_by_any_name()
    {
        await using var server = await StartAsync();
        var token = server.Token();

        (await server.AskAsync("GET", "/api/v1/hooks", token, headers: ("Host", "anything.example"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("https://{0}")]
    [InlineData("http://{0}.evil.example")]
    [InlineData("http://{0}@evil.example")]
    [InlineData("http://x{0}")]
    public async Task A_request_with_a_foreign_Origin_is_refused_whatever_it_asks_for(string origin)
    {
        await using var server = await StartAsync();
        var authority = server.Addresses[0].Authority;
        var foreign = string.Format(System.Globalization.CultureInfo.InvariantCulture, origin, authority);

        (await server.AskAsync("GET", "/api/v1/hooks", headers: ("Origin", foreign))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await server.AskAsync("GET", "/api/v1/hooks", headers: ("Origin", $"http://{authority}"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();
        var field = (await browser.PageAsync("/")).QuerySelector("form.leave input")!.GetAttribute("value")!;
        (await browser.PostAsync("/logout", [("__RequestVerificationToken", field)], ("Origin", foreign))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.PostAsync("/logout", [("__RequestVerificationToken", field)], ("Sec-Fetch-Site", "same-site"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_public_url_is_accepted_as_Host_and_as_Origin()
    {
        await using var server = await StartAsync(c => c with { PublicUrl = new Uri("https://fleet.example:8443") });

        (await server.AskAsync("GET", "/api/v1/hooks", headers: ("Host", "fleet.example:8443"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.AskAsync("GET", "/api/v1/hooks", headers: ("Origin", "https://fleet.example:8443"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.AskAsync("GET", "/api/v1/hooks", headers: ("Origin", "https://fleet.example"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Metrics_are_readable_from_the_allowed_networks_and_with_an_admin_token()
    {
        await using var server = await StartAsync();
        var token = server.Token(Read);

        (await server.AskAsync("GET", "/metrics")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.AskAsync("GET", "/metrics", from: Visitors.Stranger)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.AskAsync("GET", "/metrics", token, Visitors.Stranger)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.AskAsync("GET", "/metrics", token + "x", Visitors.Stranger)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private const string Read = WgFleet.Store.TokenRow.Read;
}
