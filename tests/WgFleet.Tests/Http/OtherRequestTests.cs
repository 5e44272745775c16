using System.Net;
using WgFleet.Hosting;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http;

public class OtherRequestTests
{
    [Theory]
    [InlineData("GET", "/nosuch")]
    [InlineData("POST", "/fleet/alpha/nosuch")]
    [InlineData("POST", "/fleet/alpha/register/more")]
    [InlineData("POST", "/FLEET/alpha/register")]
    [InlineData("POST", "/fleet/alpha/Register")]
    [InlineData("POST", "/fleet/alpha/PING")]
    [InlineData("GET", "/Healthz")]
    [InlineData("POST", "//fleet/alpha/register")]
    [InlineData("POST", "/fleet//register")]
    public async Task An_unknown_path_is_404(string method, string path)
    {
        await using var server = await StartAsync();

        (await server.SendAsync(new HttpMethod(method), server.Addresses[0] + path[1..])).ShouldBe(Reply.Json(404, """{"detail":"Not Found"}"""));
    }

    [Theory]
    [InlineData("GET", "/fleet/alpha/register", "POST")]
    [InlineData("PUT", "/fleet/alpha/ping", "POST")]
    [InlineData("DELETE", "/fleet/nosuch/ping", "POST")]
    [InlineData("OPTIONS", "/fleet/alpha/ping", "POST")]
    [InlineData("HEAD", "/fleet/alpha/ping", "POST")]
    [InlineData("POST", "/healthz", "GET")]
    [InlineData("HEAD", "/healthz", "GET")]
    [InlineData("BREW", "/readyz", "GET")]
    public async Task A_wrong_method_is_405_with_an_Allow_header(string method, string path, string allowed)
    {
        await using var server = await StartAsync();

        using var response = await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe([allowed]);
        response.Content.Headers.ContentType?.ToString().ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync(Ct)).ShouldBe(method == "HEAD" ? "" : """{"detail":"Method Not Allowed"}""");
    }

    [Theory]
    [InlineData("/fleet/alpha/register/")]
    [InlineData("/fleet/%61lpha/register")]
    [InlineData("/fleet/alpha/regi%73ter")]
    [InlineData("/fleet/alpha/register?x=%00")]
    public async Task A_trailing_slash_and_escaped_letters_are_accepted(string path)
    {
        await using var server = await StartAsync();

        (await server.SendAsync(HttpMethod.Post, path)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Every_answer_has_the_security_headers_for_browsers()
    {
        await using var server = await StartAsync();

        foreach (var (method, path) in new[] { ("GET", "/healthz"), ("GET", "/nosuch"), ("POST", "/fleet/alpha/register"), ("POST", "/fleet/nosuch/ping"), ("GET", "/fleet/alpha/ping") })
        {
            using var response = await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Ct);
            response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            response.Headers.Contains("Server").ShouldBeFalse();
            if (method != "GET")
                continue;

            response.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; ");
            response.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
            response.Headers.GetValues("Referrer-Policy").ShouldBe(["same-origin"]);
        }
    }

    [Fact]
    public async Task IPv4_and_IPv6_have_separate_listening_sockets()
    {
        await using var server = await StartAsync(c => c with { Listen = [new(IPAddress.Loopback, 0), new(IPAddress.IPv6Loopback, 0)] });

        server.Addresses.Select(a => a.Host).ShouldBe(["127.0.0.1", "[::1]"]);
        foreach (var address in server.Addresses)
            (await server.Http.GetStringAsync(new Uri(address, "/healthz"), Ct)).ShouldBe("""{"status":"ok"}""");
    }

    [Fact]
    public async Task A_second_server_fails_on_the_port_before_it_changes_anything()
    {
        await using var first = await StartAsync();
        var port = first.Addresses[0].Port;
        var database = "";

        var refused = await StartAsync(c =>
        {
            database = c.Database;
            return c with { Listen = [new(IPAddress.Loopback, port)] };
        }).ShouldThrowAsync<StartupException>();

        refused.Message.ShouldBe($"cannot listen on 127.0.0.1:{port}: another program listens there; stop it, or set 'listen' in the config");
        File.Exists(database).ShouldBeFalse();
    }

    [Fact]
    public async Task A_malformed_request_is_400_and_does_no_harm()
    {
        await using var server = await StartAsync();

        (await RawHttp.SendAsync(server.Addresses[0], "NONSENSE\r\n\r\n")).ShouldStartWith("HTTP/1.1 400 ");
        (await RawHttp.SendAsync(server.Addresses[0], "POST /fleet/alpha/register HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")).ShouldStartWith("HTTP/1.1 400 ");
        (await RawHttp.SendAsync(server.Addresses[0], "POST /fleet/alpha/ping HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")).ShouldContain("HTTP/1.1 400 ");

        (await server.SendAsync(HttpMethod.Get, "/healthz")).Status.ShouldBe(200);
        server.Log.At(Microsoft.Extensions.Logging.LogLevel.Error).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_connection_that_closes_early_logs_no_error()
    {
        await using var server = await StartAsync();
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, server.Addresses[0].Port, Ct);
            await socket.GetStream().WriteAsync("POST /fleet/alpha/ping HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"u8.ToArray(), Ct);
            (await server.SendAsync(HttpMethod.Get, "/healthz")).Status.ShouldBe(200);
            socket.LingerState = new System.Net.Sockets.LingerOption(enable: true, seconds: 0);
        }

        await server.DisposeAsync();
        server.Log.At(Microsoft.Extensions.Logging.LogLevel.Error).ShouldBeEmpty();
    }
}
