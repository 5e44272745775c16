using System.Diagnostics;
using System.Net;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

/// <summary>The script as the server hands it out; that it works is tested with real machines.</summary>
public class JoinScriptTests
{
    [Theory]
    [InlineData("gateway.example.net:8000", "http://gateway.example.net:8000")]
    [InlineData("[2001:db8::1]", "http://[2001:db8::1]")]
    public async Task The_script_contains_the_host_that_the_request_named(string host, string server)
    {
        await using var test = await StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/fleet/alpha/join.sh");
        request.Headers.TryAddWithoutValidation("Host", host).ShouldBeTrue();

        var reply = await test.SendAsync(request);

        reply.ContentType.ShouldBe("text/x-shellscript; charset=utf-8");
        reply.Body.ShouldContain($"\nserver=${{WG_FLEET_SERVER:-'{server}'}}\n");
        reply.Body.ShouldContain("\nfleet=${WG_FLEET_FLEET:-'alpha'}\n");
    }

    [Theory]
    [InlineData("127.0.0.1", "https", "https")]
    [InlineData("127.0.0.1", "http", "http")]
    [InlineData("127.0.0.1", "javascript", "http")]
    [InlineData("127.0.0.1", "HTTPS", "https")]
    [InlineData("127.0.0.1", "https, https", "https")]
    [InlineData("127.0.0.1", "http,https", "https")]
    [InlineData("127.0.0.1", "https, http", "http")]
    [InlineData("127.0.0.2", "https", "http")]
    public async Task Only_a_proxy_on_the_gateway_decides_the_scheme(string from, string forwarded, string scheme)
    {
        await using var test = await StartAsync();

        (await RawHttp.SendAsync(test.Addresses[0], $"GET /fleet/alpha/join.sh HTTP/1.0\r\nHost: fleet.example.net\r\nX-Forwarded-Proto: {forwarded}\r\n\r\n", IPAddress.Parse(from)))
            .ShouldContain($"\nserver=${{WG_FLEET_SERVER:-'{scheme}://fleet.example.net'}}\n");
    }

    [Fact]
    public async Task The_public_url_replaces_the_host_of_the_request()
    {
        await using var test = await StartAsync(c => c with { PublicUrl = new Uri("https://fleet.example.com:8443/") });
        var request = new HttpRequestMessage(HttpMethod.Get, "/fleet/alpha/join.sh");
        request.Headers.TryAddWithoutValidation("Host", "127.0.0.1:8000").ShouldBeTrue();

        (await test.SendAsync(request)).Body.ShouldContain("\nserver=${WG_FLEET_SERVER:-'https://fleet.example.com:8443'}\n");
    }

    [Fact]
    public async Task A_request_without_a_usable_host_gets_the_fleets_external_ip()
    {
        await using var test = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { ExternalIp = "2001:db8::1" }] });

        (await RawHttp.SendAsync(test.Addresses[0], "GET /fleet/alpha/join.sh HTTP/1.0\r\n\r\n"))
            .ShouldContain($"\nserver=${{WG_FLEET_SERVER:-'http://[2001:db8::1]:{test.Config.Listen[0].Port}'}}\n");
    }

    [Theory]
    [InlineData("$(reboot)")]
    [InlineData("x';reboot;'")]
    [InlineData("`reboot`")]
    public async Task No_host_can_put_a_shell_command_into_the_script(string host)
    {
        await using var test = await StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/fleet/alpha/join.sh");
        request.Headers.TryAddWithoutValidation("Host", host).ShouldBeTrue();

        (await test.SendAsync(request)).Body.ShouldNotContain("reboot");
    }

    [Fact]
    public async Task An_unknown_fleet_has_no_script()
    {
        await using var test = await StartAsync();

        (await test.SendAsync(HttpMethod.Get, "/fleet/nosuch/join.sh")).ShouldBe(Reply.Json(404, """{"detail":"Fleet 'nosuch' not found"}"""));
    }

    [Theory]
    [InlineData("dash", "-n", "-")]
    [InlineData("busybox", "sh", "-n")]
    [InlineData("shellcheck", "--shell=sh", "-")]
    public async Task The_shells_and_shellcheck_accept_the_script(params string[] command)
    {
        await using var test = await StartAsync();
        var script = (await test.SendAsync(HttpMethod.Get, "/fleet/alpha/join.sh")).Body;
        using var program = Process.Start(new ProcessStartInfo(command[0], command[1..].Where(a => a != "-" || command[0] == "shellcheck"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await program.StandardInput.WriteAsync(script);
        program.StandardInput.Close();
        var said = await program.StandardOutput.ReadToEndAsync(Ct) + await program.StandardError.ReadToEndAsync(Ct);
        await program.WaitForExitAsync(Ct);

        said.ShouldBeEmpty();
        program.ExitCode.ShouldBe(0);
    }
}
