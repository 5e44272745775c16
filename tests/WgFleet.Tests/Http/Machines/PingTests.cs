using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Store.Engine;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

public class PingTests
{
    private static readonly Reply Ok = Reply.Json(200, """{"status":"ok"}""");

    [Fact]
    public async Task A_ping_updates_the_last_seen_time_and_sets_the_name()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        server.Time.Advance(TimeSpan.FromSeconds(5));

        (await server.PingAsync("""{"hostname":"web"}""", $"{client.Address}")).ShouldBe(Ok);

        server.Registry.Current.Fleet("alpha")!.ByHostname["web"].Address.ShouldBe(client.Address);
        client.Liveness.LastPing.ShouldBe(server.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_ping_that_changes_nothing_does_not_write_to_the_database()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        const string body = """{"hostname":"machine-17"}""";
        (await server.PingAsync(body, $"{client.Address}")).ShouldBe(Ok);

        // A ping that had to write would wait until this write is over.
        Task<Reply>? ping = null;
        server.Services.GetRequiredService<Database>().Write(_ =>
        {
            ping = server.PingAsync(body, $"{client.Address}");
            return ((IAsyncResult)ping).AsyncWaitHandle.WaitOne(TimeSpan.FromMinutes(3));
        }).ShouldBeTrue();

        (await ping!).ShouldBe(Ok);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("\ufeff{}")]
    [InlineData("""{"foo":1}""")]
    [InlineData("""{"hostname":null}""")]
    [InlineData("""{"hostname":""}""")]
    [InlineData(" {\r\n\t} ")]
    public async Task A_ping_without_a_name_only_updates_the_last_seen_time(string body)
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        await server.PingAsync("""{"hostname":"web"}""", $"{client.Address}");
        server.Time.Advance(TimeSpan.FromSeconds(5));

        (await server.PingAsync(body, $"{client.Address}")).ShouldBe(Ok);

        var now = server.Registry.Current.Fleet("alpha")!.ById.Values.Single();
        (now.Hostname, now.Liveness.LastPing).ShouldBe(("web", server.Time.GetUtcNow()));
    }

    [Theory]
    [InlineData("web", """{"hostname":"old","hostname":"web"}""")]
    [InlineData("web", """{"\u0068ostname":"w\u0065b"}""")]
    [InlineData("-", """{"hostname":"-"}""")]
    [InlineData("--2", """{"hostname":"--2"}""")]
    [InlineData("-lead_", """{"hostname":"-lead_"}""")]
    [InlineData("0", """{"hostname":"0"}""")]
    public async Task A_valid_name_is_accepted(string hostname, string body)
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();

        (await server.PingAsync(body, $"{client.Address}")).ShouldBe(Ok);

        server.Registry.Current.Fleet("alpha")!.ById.Values.Single().Hostname.ShouldBe(hostname);
    }

    [Theory]
    [InlineData("""{"hostname":"Web"}""")]
    [InlineData("""{"hostname":"a b"}""")]
    [InlineData("""{"hostname":"a.b"}""")]
    [InlineData("""{"hostname":"evil\n"}""")]
    [InlineData("""{"hostname":"\u0000"}""")]
    [InlineData("""{"hostname":"\ud800"}""")]
    [InlineData("""{"hostname":"\ud83d\ude00"}""")]
    [InlineData("""{"hostname":" "}""")]
    [InlineData("""{"hostname":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""")]
    public async Task An_invalid_name_is_refused_and_the_ping_does_not_count(string body)
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        var before = client.Liveness.LastPing;
        server.Time.Advance(TimeSpan.FromSeconds(5));

        (await server.PingAsync(body, $"{client.Address}")).ShouldBe(Reply.Json(400, """{"detail":"Invalid hostname format"}"""));

        client.Liveness.LastPing.ShouldBe(before);
        server.Registry.Current.Fleet("alpha")!.ById.Values.Single().Hostname.ShouldBeNull();
    }

    [Theory]
    [InlineData("alpha", "198.51.100.7", 403, """{"detail":"Invalid IP address"}""")]
    [InlineData("alpha", "127.0.0.1", 403, """{"detail":"Invalid IP address"}""")]
    [InlineData("alpha", "", 403, """{"detail":"Invalid IP address"}""")]
    [InlineData("alpha", "nonsense", 403, """{"detail":"Invalid IP address"}""")]
    [InlineData("alpha", "[fd00:a::2]", 403, """{"detail":"Invalid IP address"}""")]
    [InlineData("alpha", "[fd00:a::2]:80", 403, """{"detail":"Invalid IP address"}""")]
    [InlineData("alpha", "fd00:a::2/128", 403, """{"detail":"Invalid IP address"}""")]
    [InlineData("alpha", "fd00:a::2%", 403, """{"detail":"Invalid IP address"}""")]
    [InlineData("alpha", "fd00:a::2, 203.0.113.1", 403, """{"detail":"Invalid IP address"}""")]
    [InlineData("alpha", "fd00:b::2", 403, """{"detail":"IP not in fleet subnet: fd00:b::2"}""")]
    [InlineData("alpha", "203.0.113.1, fd99:0:0:1::2", 403, """{"detail":"IP not in fleet subnet: fd99:0:0:1::2"}""")]
    [InlineData("alpha", "::ffff:203.0.113.1", 403, """{"detail":"IP not in fleet subnet: ::ffff:203.0.113.1"}""")]
    [InlineData("alpha", "fd00:a::2", 404, """{"detail":"Client not registered"}""")]
    [InlineData("alpha", "fd00:a::1", 404, """{"detail":"Client not registered"}""")]
    [InlineData("alpha", "fd00:a::", 404, """{"detail":"Client not registered"}""")]
    [InlineData("nosuch", "fd00:a::2", 404, """{"detail":"Fleet 'nosuch' not found"}""")]
    [InlineData("Alpha", "fd00:a::2", 404, """{"detail":"Fleet 'Alpha' not found"}""")]
    public async Task Requests_from_others_than_clients_are_refused_in_a_fixed_order(string fleet, string from, int status, string body)
    {
        await using var server = await StartAsync();

        // The name is looked at last.
        (await server.PingAsync("""{"hostname":"Not A Name"}""", from, fleet)).ShouldBe(Reply.Json(status, body));
    }

    [Fact]
    public async Task A_client_is_recognized_only_by_the_canonical_spelling_of_its_address()
    {
        await using var server = await StartAsync();
        var address = (await server.JoinAsync()).Address;
        var full = string.Join(':', Enumerable.Range(0, 8).Select(i => Convert.ToHexStringLower(address.GetAddressBytes(), 2 * i, 2)));

        foreach (var other in new[] { full.ToUpperInvariant(), full, $"{address}%eth0" })
            (await server.PingAsync("{}", other)).ShouldBe(Reply.Json(404, """{"detail":"Client not registered"}"""), other);

        foreach (var good in new[] { $"{address}", $"  {address}  ", $"{address}, 127.0.0.1", $"{address},::1 ,127.0.0.1", $"203.0.113.1, {address}" })
            (await server.PingAsync("{}", good)).ShouldBe(Ok, good);
    }

    [Fact]
    public async Task Of_several_header_lines_the_last_one_counts()
    {
        await using var server = await StartAsync();
        var address = (await server.JoinAsync()).Address;

        (await RawAsync($"X-Forwarded-For: {address}\r\nX-Forwarded-For: 127.0.0.1\r\n")).ShouldStartWith("HTTP/1.1 403 ");
        (await RawAsync($"X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-For: {address}\r\n")).ShouldStartWith("HTTP/1.1 200 ");
        (await RawAsync($"Forwarded: for=\"[{address}]\"\r\nX-Real-IP: {address}\r\n")).ShouldStartWith("HTTP/1.1 403 ");

        Task<string> RawAsync(string headers) => RawHttp.SendAsync(server.Addresses[0], $"POST /fleet/alpha/ping HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}");
    }

    [Fact]
    public async Task X_Forwarded_For_is_believed_only_from_the_two_loopback_addresses()
    {
        await using var server = await StartAsync(c => c with { Listen = [new(IPAddress.Loopback, 0), new(IPAddress.IPv6Loopback, 0), new(IPAddress.Parse("127.0.0.2"), 0)] });
        var address = (await server.JoinAsync()).Address;
        var request = $"POST /fleet/alpha/ping HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {address}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}";

        (await RawHttp.SendAsync(server.Addresses[0], request)).ShouldStartWith("HTTP/1.1 200 ");
        (await RawHttp.SendAsync(server.Addresses[1], request)).ShouldStartWith("HTTP/1.1 200 ");
        (await RawHttp.SendAsync(server.Addresses[2], request, from: IPAddress.Parse("127.0.0.2"))).ShouldEndWith("""{"detail":"Invalid IP address"}""");

        // Without the header an IPv4 client is seen as one, an IPv6 client as what it is.
        var bare = "POST /fleet/alpha/ping HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        (await RawHttp.SendAsync(server.Addresses[0], bare)).ShouldEndWith("""{"detail":"Invalid IP address"}""");
        (await RawHttp.SendAsync(server.Addresses[1], bare)).ShouldEndWith("""{"detail":"IP not in fleet subnet: ::1"}""");
    }

    [Fact]
    public async Task A_ping_of_a_removed_client_is_404()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        await server.Registry.RemoveAsync("alpha", [client.Id], _ => true, "removed");

        (await server.PingAsync("{}", $"{client.Address}")).ShouldBe(Reply.Json(404, """{"detail":"Client not registered"}"""));
    }

    [Fact]
    public async Task A_ping_needs_no_WireGuard()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        server.WireGuard.Lose("wg_alpha");
        server.WireGuard.Hang("wg_alpha");

        (await server.PingAsync("""{"hostname":"web"}""", $"{client.Address}")).ShouldBe(Ok);

        server.WireGuard.Heal("wg_alpha");
        server.Registry.Current.Fleet("alpha")!.ByHostname.ShouldContainKey("web");
    }
}
