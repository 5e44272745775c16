using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using WgFleet.Access;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>Whom the server takes for the sender of a request that a proxy forwarded.</summary>
public class TrustedProxiesTests
{
    private static readonly TrustedProxies Proxies = new([IPNetwork.Parse("192.0.2.0/28"), IPNetwork.Parse("2001:db8:9::/64")]);

    [Theory]
    [InlineData("192.0.2.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:9::1", "fd00:a::2", "fd00:a::2")]
    [InlineData("127.0.0.1", "203.0.113.7, 192.0.2.1", "203.0.113.7")]
    [InlineData("192.0.2.1", "203.0.113.7, 2001:db8:9::5, 192.0.2.2", "203.0.113.7")]
    [InlineData("192.0.2.1", "203.0.113.66, 203.0.113.7", "203.0.113.7")]
    [InlineData("192.0.2.1", "203.0.113.66, 192.0.2.1, 203.0.113.7, 192.0.2.2", "203.0.113.7")]
    public void The_last_entry_that_is_no_trusted_proxy_is_the_source(string sender, string header, string source) => Source(Proxies, sender, header).ShouldBe(source);

    [Theory]
    [InlineData("192.0.2.16")]
    [InlineData("2001:db8:9:1::1")]
    [InlineData("127.0.0.2")]
    [InlineData("fd00:a::2")]
    public void Another_sender_is_not_believed(string sender) => Source(Proxies, sender, "203.0.113.7").ShouldBe(sender);

    [Theory]
    [InlineData("203.0.113.66", "203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7", "192.0.2.2", "203.0.113.7")]
    public void Several_header_lines_are_one_list(string first, string last, string source) => Source(Proxies, "192.0.2.1", first, last).ShouldBe(source);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("127.9.9.9")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("127.0.0.1, ::1")]
    public void The_loopback_of_another_machine_is_not_this_machines(string header) => Source(Proxies, "192.0.2.1", header).ShouldBe("192.0.2.1");

    [Fact]
    public void A_request_that_only_proxies_passed_on_comes_from_the_first() => Source(Proxies, "192.0.2.1", "127.0.0.1, 192.0.2.3, 192.0.2.2").ShouldBe("192.0.2.3");

    [Theory]
    [InlineData("192.0.2.2.")]
    [InlineData("3221225986")]
    [InlineData("2001:DB8:9::1")]
    [InlineData("[2001:db8:9::1]")]
    [InlineData("not-an-ip")]
    public void Another_spelling_than_a_proxys_own_is_no_proxys(string entry) => Source(Proxies, "192.0.2.1", $"203.0.113.66, {entry}").ShouldBe(entry);

    [Fact]
    public async Task A_reader_behind_a_trusted_proxy_is_judged_by_his_own_address()
    {
        // To the server, 127.0.0.2 is no proxy unless trusted_proxies says so.
        await using var server = await StartAsync(c => c with
        {
            TrustedProxies = [IPNetwork.Parse("127.0.0.2/32")],
            ReadAllow = [IPNetwork.Parse("127.0.0.2/32"), IPNetwork.Parse("203.0.113.0/28")],
        });

        (await ReadAsync(server, "203.0.113.7")).ShouldStartWith("HTTP/1.1 200 ");
        (await ReadAsync(server, "203.0.113.77")).ShouldNotStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task A_client_pings_and_gets_its_scheme_through_a_trusted_proxy()
    {
        await using var server = await StartAsync(c => c with { TrustedProxies = [IPNetwork.Parse("127.0.0.2/32")] });
        var address = (await server.JoinAsync()).Address;

        (await SendAsync(server, $"POST /fleet/alpha/ping HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {address}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}")).ShouldStartWith("HTTP/1.1 200 ");
        (await SendAsync(server, "GET /fleet/alpha/join.sh HTTP/1.0\r\nHost: fleet.example.net\r\nX-Forwarded-Proto: https\r\n\r\n")).ShouldContain("'https://fleet.example.net'");
    }

    private static Task<string> ReadAsync(TestServer server, string source) =>
        SendAsync(server, $"GET /api/v1/fleets HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {source}\r\nConnection: close\r\n\r\n");

    private static Task<string> SendAsync(TestServer server, string request) => RawHttp.SendAsync(server.Addresses[0], request, from: IPAddress.Parse("127.0.0.2"));

    private static string Source(TrustedProxies proxies, string sender, params string[] lines)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(sender);
        context.Request.Headers["X-Forwarded-For"] = new StringValues(lines);
        return proxies.SourceOf(context).Text;
    }
}
