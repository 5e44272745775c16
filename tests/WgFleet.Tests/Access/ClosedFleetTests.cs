using System.Net;
using System.Text;
using WgFleet.Access;
using WgFleet.Config;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>Ways round the question for a token, and round the list of networks.</summary>
public class ClosedFleetTests
{
    [Theory]
    [InlineData("/fleet/alpha/register")]
    [InlineData("/fleet/alpha/register/")]
    [InlineData("/fleet/%61lpha/register")]
    [InlineData("/fleet/alpha/%72egister")]
    [InlineData("/%66leet/alpha/register?token=wgf_x")]
    [InlineData("/fleet/ALPHA/register")]
    [InlineData("/FLEET/alpha/register")]
    [InlineData("/fleet/alpha/Register")]
    [InlineData("/fleet/alpha%20/register")]
    [InlineData("/fleet/alpha%00/register")]
    [InlineData("/fleet/alpha;/register")]
    [InlineData("/fleet/alpha/register;")]
    [InlineData("/fleet/alpha/register;x=1")]
    [InlineData("/fleet/alpha/register%3Fx")]
    [InlineData("//fleet/alpha/register")]
    [InlineData("/fleet//alpha/register")]
    [InlineData("/fleet/alpha//register")]
    [InlineData("/fleet/./alpha/register")]
    [InlineData("/fleet/beta/../alpha/register")]
    [InlineData("/fleet/beta/%2e%2e/alpha/register")]
    [InlineData("/fleet/beta%2f..%2falpha/register")]
    [InlineData("/healthz/../fleet/alpha/register")]
    [InlineData("/fleet\\alpha\\register")]
    [InlineData("http://127.0.0.1/fleet/alpha/register")]
    public async Task No_spelling_of_the_path_registers_in_a_closed_fleet(string path)
    {
        await using var server = await ClosedAsync();

        var answer = await RawHttp.SendAsync(server.Addresses[0], $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        answer.ShouldMatch(@"\AHTTP/1\.1 (400|401|404) ");
        answer.ShouldNotContain("PrivateKey");
        Count(server).ShouldBe(0);
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override: GET")]
    [InlineData("X-Original-URL: /fleet/beta/register")]
    [InlineData("X-Rewrite-URL: /fleet/beta/register")]
    [InlineData("X-Forwarded-For: 127.0.0.1")]
    [InlineData("Cookie: wg-fleet-session=x; token={0}")]
    [InlineData("X-Authorization: Bearer {0}")]
    [InlineData("Proxy-Authorization: Bearer {0}")]
    [InlineData("Authorization: Basic {0}")]
    [InlineData("Authorization: bearer{0}")]
    [InlineData("Authorization: Bearer {0}\r\nAuthorization: Bearer {0}")]
    [InlineData("Authorization: Bearer {0} {0}")]
    public async Task Only_the_Authorization_header_carries_a_token(string header)
    {
        await using var server = await ClosedAsync();
        var token = server.Tokens().CreateEnrollment(new EnrollmentTerms("lab"), "a test").Secret.Reveal();
        var headers = string.Format(System.Globalization.CultureInfo.InvariantCulture, header, token);

        (await RawHttp.SendAsync(server.Addresses[0], $"POST /fleet/alpha/register HTTP/1.1\r\nHost: a\r\n{headers}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 401 ");

        Count(server).ShouldBe(0);
        (await RawHttp.SendAsync(server.Addresses[0], $"POST /fleet/alpha/register HTTP/1.1\r\nHost: a\r\nauthorization: bearer {token}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task A_token_in_the_body_or_the_query_is_ignored()
    {
        await using var server = await ClosedAsync();
        var token = server.Tokens().CreateEnrollment(new EnrollmentTerms("lab"), "a test").Secret.Reveal();

        using var answer = await server.Http.PostAsync($"/fleet/alpha/register?token={token}&access_token={token}", new StringContent($$"""{"token":"{{token}}"}""", Encoding.UTF8, "application/json"), Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    /// <summary>Rule: no header is believed of anybody but a proxy on this very machine.</summary>
    [Fact]
    public async Task A_forwarded_address_from_a_machine_is_ignored()
    {
        await using var server = await StartAsync(c => c with
        {
            Listen = [new(IPAddress.Loopback, 0), new(IPAddress.Parse("127.0.0.2"), 0)],
            Fleets = [c.Fleets[0] with { Enrollment = new EnrollmentConfig { Allow = [IPNetwork.Parse("203.0.113.0/24")], SourceRate = new Rate(1, TimeSpan.FromHours(1)) } }],
        });
        const string request = "POST /fleet/alpha/register HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.{0}\r\nForwarded: for=203.0.113.{0}\r\nX-Real-IP: 203.0.113.{0}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

        (await RawHttp.SendAsync(server.Addresses[1], request.Replace("{0}", "7", StringComparison.Ordinal), from: IPAddress.Parse("127.0.0.2"))).ShouldStartWith("HTTP/1.1 403 ");
        Count(server).ShouldBe(0);
        (await RawHttp.SendAsync(server.Addresses[0], request.Replace("{0}", "7", StringComparison.Ordinal))).ShouldStartWith("HTTP/1.1 200 ");
        (await RawHttp.SendAsync(server.Addresses[0], request.Replace("{0}", "7", StringComparison.Ordinal))).ShouldStartWith("HTTP/1.1 429 ");
    }

    private static Task<TestServer> ClosedAsync() =>
        StartAsync(c => c with { Fleets = [c.Fleets[0] with { Enrollment = new EnrollmentConfig { NeedsToken = true } }, c.Fleets[1]] });

    private static int Count(TestServer server) => server.Registry.Current.Fleets.Sum(f => f.Count);
}
