using System.Text.RegularExpressions;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Contract;

/// <summary>POST /fleet/{fleet}/register, as clients' scripts know it.</summary>
public partial class RegisterTests(RunningServer server) : SharedServerTests(server)
{
    [Fact]
    public async Task The_answer_is_the_same_to_the_byte()
    {
        // Several, since the keys are random and some have characters that JSON writers like to escape.
        for (var i = 0; i < 10; i++)
        {
            var answer = await RequestAsync(HttpMethod.Post, "/fleet/alpha/register");

            answer.Status.ShouldBe(200);
            answer.ContentType.ShouldBe("application/json");
            answer.Body.ShouldMatch("^" + AnswerPattern + "$");
        }
    }

    [Theory]
    [InlineData("?a=b", "{\"hostname\":", "application/json")]
    [InlineData("", "x=y", "application/x-www-form-urlencoded")]
    [InlineData("", "\0\u0001", "image/png")]
    [InlineData("", "", null)]
    public async Task Body_query_and_content_type_are_ignored(string query, string body, string? contentType)
    {
        var answer = await RequestAsync(HttpMethod.Post, "/fleet/alpha/register" + query, body, contentType);

        answer.Status.ShouldBe(200, answer.Body);
    }

    [Fact]
    public async Task The_configuration_makes_a_tunnel()
    {
        (await Client.ReachesGatewayAsync()).ShouldBeTrue();

        var handshakes = await Gateway.Machine.RunAsync("wg", "show", "wg_alpha", "latest-handshakes");
        handshakes.ShouldContain(await Client.Registration.PublicKeyAsync());
    }

    [Fact]
    public async Task The_peer_may_use_its_one_address_only()
    {
        var registration = await Gateway.RegisterAsync();

        (await Gateway.PeersAsync())[await registration.PublicKeyAsync()].ShouldBe($"{registration.Address}/128");
    }

    [Fact]
    public async Task The_answer_names_the_key_that_the_interface_has()
    {
        var key = await Gateway.Machine.RunAsync("wg", "show", "wg_alpha", "public-key");

        Client.Registration.ServerKey.ShouldBe(key.Trim());
    }

    [Theory]
    [InlineData("nosuch", """{"detail":"Fleet 'nosuch' not found"}""")]
    [InlineData("ALPHA", """{"detail":"Fleet 'ALPHA' not found"}""")]
    [InlineData("%3Cb%3E%22'x", """{"detail":"Fleet '<b>\"'x' not found"}""")]
    [InlineData("%C3%A9%E2%82%AC", """{"detail":"Fleet 'é€' not found"}""")]
    public async Task An_unknown_fleet_is_told_by_name(string fleet, string body)
    {
        var answer = await RequestAsync(HttpMethod.Post, $"/fleet/{fleet}/register");

        answer.ShouldBe(new Answer(404, body, "application/json"));
    }

    [Fact]
    public async Task The_source_is_stored_as_IPv4_clients_and_IPv6_clients_write_it()
    {
        var v4 = Registration.Read(await RequestAsync(HttpMethod.Post, "/fleet/alpha/register"));
        var v6 = Registration.Read(await Client.Machine.SendAsync(HttpMethod.Post, "http://[2001:db8::1]:8000/fleet/alpha/register"));

        (await Gateway.SqlAsync($"SELECT http_request_ip, hostname IS NULL FROM clients WHERE assigned_ip = '{v4.Address}'"))
            .ShouldBe("10.201.1.1|1");
        (await Gateway.SqlAsync($"SELECT http_request_ip, hostname IS NULL FROM clients WHERE assigned_ip = '{v6.Address}'"))
            .ShouldBe("2001:db8::101|1");
    }

    [Fact]
    public void The_interfaces_file_is_the_same_to_the_byte_and_only_root_may_read_it()
    {
        var file = Gateway.Machine.Seen("/etc/wireguard/wg_alpha.conf");

        File.ReadAllText(file).ShouldMatch(
            @"^\[Interface\]\nAddress = fd00:a0a8:34d:a0::1/64\nListenPort = 51820\nPrivateKey = [A-Za-z0-9+/]{43}=\n\z");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead);
    }

    [Fact]
    public async Task No_private_key_is_ever_logged()
    {
        var registration = await Gateway.RegisterAsync();
        var own = PrivateKeyLine().Match(await File.ReadAllTextAsync(Gateway.Machine.Seen("/etc/wireguard/wg_alpha.conf"))).Groups[1].Value;

        Gateway.Log().ShouldNotContain(own);
        Gateway.Log().ShouldNotContain(PrivateKeyLine().Match(registration.Config).Groups[1].Value);
    }

    private const string AnswerPattern =
        """\{"status":"success","config":"\[Interface\]\\nPrivateKey = [A-Za-z0-9+/]{43}=\\nAddress = fd00:a0a8:34d:a0:[0-9a-f:]+/64\\n\\n"""
        + """\[Peer\]\\nPublicKey = [A-Za-z0-9+/]{43}=\\nEndpoint = 10\.201\.0\.1:51820\\nAllowedIPs = fd00:a0a8:34d:a0::1/128\\nPersistentKeepalive = 25\\n","""
        + """
        "port":51820,"server_ip":"fd00:a0a8:34d:a0::1"\}
        """;

    [GeneratedRegex("PrivateKey = (.*)")]
    private static partial Regex PrivateKeyLine();
}
