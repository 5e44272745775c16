using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.WireGuard;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

public class RegisterAnswerTests
{
    [Theory]
    [InlineData("192.0.2.254", "192.0.2.254:51820")]
    [InlineData("2001:db8::1", "[2001:db8::1]:51820")]
    [InlineData("gw.example.org", "gw.example.org:51820")]
    public async Task The_answer_equals_the_Python_servers_byte_for_byte(string externalIp, string endpoint)
    {
        await using var server = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { ExternalIp = externalIp, Network = c.Fleets[0].Network with { GatewayText = "FD00:A::1" } }] });

        var reply = await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register?anything=1");

        var client = server.Registry.Current.Fleet("alpha")!.ById.Values.Single();
        using var json = JsonDocument.Parse(reply.Body);
        var key = PrivateKey.Parse(json.RootElement.GetProperty("config").GetString()!.Split('\n')[1]["PrivateKey = ".Length..]);
        key.PublicKey.ShouldBe(client.PublicKey);
        var conf = File.ReadAllLines(Path.Combine(server.Config.WireGuardDirectory, "wg_alpha.conf"));
        var gateway = PrivateKey.Parse(conf[3]["PrivateKey = ".Length..]).PublicKey;
        reply.ShouldBe(Reply.Json(200,
            $$"""{"status":"success","config":"[Interface]\nPrivateKey = {{key.Reveal()}}\nAddress = {{client.Address}}/64\n\n[Peer]\nPublicKey = {{gateway}}\nEndpoint = {{endpoint}}\nAllowedIPs = FD00:A::1/128\nPersistentKeepalive = 25\n","port":51820,"server_ip":"FD00:A::1"}"""));
        server.WireGuard.Peers("wg_alpha").ShouldBe(new Dictionary<string, string> { [$"{client.PublicKey}"] = $"{client.Address}/128" });
    }

    [Fact]
    public async Task What_clients_are_told_of_their_tunnel_is_in_the_answer_and_a_mark_of_it_in_that_of_a_ping()
    {
        var told = new ClientTunnelConfig { Mtu = 1380, Keepalive = TimeSpan.FromSeconds(60), Routes = [IPNetwork.Parse("2001:db8:20::/48"), IPNetwork.Parse("fd00:c::/64")] };
        await using var server = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { Client = told }] });

        using var registered = await server.Http.PostAsync("/fleet/alpha/register", null, Ct);
        using var json = JsonDocument.Parse(await registered.Content.ReadAsStringAsync(Ct));
        var client = server.Registry.Current.Fleet("alpha")!.ById.Values.Single();
        using var ping = new HttpRequestMessage(HttpMethod.Post, "/fleet/alpha/ping") { Content = new StringContent("{}", null, "application/json"), Headers = { { "X-Forwarded-For", $"{client.Address}" } } };
        using var pinged = await server.Http.SendAsync(ping, Ct);

        var lines = json.RootElement.GetProperty("config").GetString()!.Split('\n');
        lines[2..4].ShouldBe([$"Address = {client.Address}/64", "MTU = 1380"]);
        lines[^4..].ShouldBe(["AllowedIPs = fd00:a::1/128", "AllowedIPs = 2001:db8:20::/48, fd00:c::/64", "PersistentKeepalive = 60", ""]);
        var mark = registered.Headers.GetValues("Wg-Fleet-Tunnel").Single();
        pinged.Headers.GetValues("Wg-Fleet-Tunnel").ShouldBe([mark]);
        mark.ShouldNotBe((told with { Mtu = 1400 }).MarkWith(null));
        ClientTunnelConfig.Default.MarkWith(null).ShouldBeNull();
    }

    [Fact]
    public async Task The_DNS_servers_of_a_fleet_are_in_the_answer()
    {
        await using var server = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { Client = new ClientTunnelConfig { Dns = ["fd00:a::1", "fleet.example.com"] } }] });

        using var json = JsonDocument.Parse((await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register")).Body);

        var client = server.Registry.Current.Fleet("alpha")!.ById.Values.Single();
        json.RootElement.GetProperty("config").GetString()!.Split('\n')[2..5].ShouldBe([$"Address = {client.Address}/64", "DNS = fd00:a::1, fleet.example.com", ""]);
    }

    [Fact]
    public void The_mark_changes_with_each_setting_and_is_that_of_earlier_versions_where_only_their_settings_are_used()
    {
        var told = new ClientTunnelConfig { Mtu = 1380, Keepalive = TimeSpan.FromSeconds(60), Routes = [IPNetwork.Parse("2001:db8:20::/48")] };

        told.MarkWith(null).ShouldBe("f1490497");
        told.MarkWith(Some.Network("10.7.0.0/24")).ShouldNotBe("f1490497");
        new[] { told, told with { Dns = ["fd00:a::1"] }, told with { Dns = ["fd00:a::2"] }, told with { Preshared = true }, new() { Preshared = true }, new() { Dns = ["fd00:a::1"] } }
            .Select(t => t.MarkWith(null)).Distinct().Count().ShouldBe(6);
    }

    [Fact]
    public async Task A_registration_in_a_full_fleet_is_503()
    {
        await using var server = await StartAsync(c => c with { Fleets = [Some.Fleet("alpha", "fd00:a::/124")] });
        for (var i = 0; i < 14; i++)
            await server.JoinAsync();

        (await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register")).ShouldBe(Reply.Json(503, """{"detail":"Fleet is full"}"""));
    }

    [Theory]
    [InlineData("nosuch", """{"detail":"Fleet 'nosuch' not found"}""")]
    [InlineData("ALPHA", """{"detail":"Fleet 'ALPHA' not found"}""")]
    [InlineData("%61lpha%20", """{"detail":"Fleet 'alpha ' not found"}""")]
    [InlineData("%3Cb%3E%22%27x%5C", """{"detail":"Fleet '<b>\"'x\\' not found"}""")]
    [InlineData("%01%08%0C%0A%0D%09%1F%7F", "{\"detail\":\"Fleet '\\u0001\\b\\f\\n\\r\\t\\u001f\u007f' not found\"}")]
    [InlineData("f%C3%A9%F0%9F%98%80%E2%80%A8", "{\"detail\":\"Fleet 'fé😀\u2028' not found\"}")]
    [InlineData("a%252Fb", """{"detail":"Fleet 'a%2Fb' not found"}""")]
    public async Task An_unknown_fleet_is_404_with_its_name(string fleet, string body)
    {
        await using var server = await StartAsync();

        (await server.SendAsync(HttpMethod.Post, $"/fleet/{fleet}/register")).ShouldBe(Reply.Json(404, body));
    }

    [Theory]
    [InlineData(null, "127.0.0.1")]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("not-an-ip", "not-an-ip")]
    [InlineData("<b>x</b>", "<b>x</b>")]
    [InlineData("203.0.113.9, 127.0.0.1", "203.0.113.9")]
    [InlineData("127.0.0.1, ::1", "127.0.0.1")]
    public async Task The_row_stores_where_a_registration_came_from(string? forwarded, string stored)
    {
        await using var server = await StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/fleet/alpha/register");
        if (forwarded is not null)
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);

        (await server.SendAsync(request)).Status.ShouldBe(200);

        Some.Rows(server.Config.Database, "SELECT http_request_ip FROM clients").ShouldBe([stored]);
    }

    [Fact]
    public async Task No_private_key_is_ever_logged_or_stored()
    {
        await using var server = await StartAsync();
        var reply = await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register");
        var key = reply.Body.Split("PrivateKey = ")[1][..44];
        var gateway = File.ReadAllText(Path.Combine(server.Config.WireGuardDirectory, "wg_alpha.conf")).Split("PrivateKey = ")[1][..44];

        server.Log.Lines.ShouldNotContain(l => l.Message.Contains(key) || l.Message.Contains(gateway));
        Some.Rows(server.Config.Database, "SELECT data FROM events UNION SELECT public_key FROM clients").ShouldNotContain(r => r.Contains(key));
    }

    [Fact]
    public async Task A_registration_on_an_interface_that_cannot_be_repaired_is_500_and_readyz_says_why()
    {
        await using var server = await StartAsync();
        server.WireGuard.Refuse("wg_alpha");

        (await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register")).ShouldBe(Reply.Json(500, """{"detail":"Internal server error"}"""));
        (await server.SendAsync(HttpMethod.Post, "/fleet/beta/register")).Status.ShouldBe(200);

        server.Log.At(LogLevel.Error).ShouldBe(["Fleet alpha is down and will be tried again: wg_alpha refused: EIO, Input/output error"]);
        (await server.SendAsync(HttpMethod.Get, "/readyz")).ShouldBe(Reply.Json(503, """{"detail":"fleet alpha is down: wg_alpha refused: EIO, Input/output error"}"""));
        (await server.SendAsync(HttpMethod.Get, "/healthz")).ShouldBe(Reply.Json(200, """{"status":"ok"}"""));
        Some.Rows(server.Config.Database, "SELECT fleet_id FROM clients").ShouldBe(["beta"]);

        // Not ready while it is broken, and not only during the pause after an attempt.
        server.Time.Advance(TimeSpan.FromSeconds(6));
        (await server.SendAsync(HttpMethod.Get, "/readyz")).Status.ShouldBe(503);

        server.WireGuard.Heal("wg_alpha");
        server.Time.Advance(TimeSpan.FromSeconds(6));
        (await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register")).Status.ShouldBe(200);
        (await server.SendAsync(HttpMethod.Get, "/readyz")).ShouldBe(Reply.Json(200, """{"status":"ok"}"""));
    }
}
