using System.Net;
using System.Text;
using System.Text.Json;
using WgFleet.Config;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

/// <summary>Who is given a preshared key: whoever registers over TLS, and nobody else.</summary>
public class PresharedAnswerTests
{
    private const string Refused = """{"detail":"alpha gives out preshared keys, and only over TLS: register at the server's https URL"}""";

    [Fact]
    public async Task The_answer_over_TLS_has_the_preshared_key_of_the_peer_and_is_the_same_each_time()
    {
        await using var server = await StartAsync(On);
        var key = Some.Key();

        var reply = await server.SendAsync(Request(key.ToString(), "https"));

        var client = server.Registry.Current.Fleet("alpha")!.ByKey[key];
        var lines = Lines(reply);
        lines[lines.IndexOf("[Peer]") + 2].ShouldBe($"PresharedKey = {server.WireGuard.Peer("wg_alpha", key).PresharedKey!.Reveal()}");
        client.PresharedKey.ShouldBe(server.WireGuard.Peer("wg_alpha", key).PresharedKey);
        (await server.SendAsync(Request(key.ToString(), "https"))).ShouldBe(reply);

        // The server makes both keys.
        Lines(await server.SendAsync(Request(null, "https"))).Count(l => l.StartsWith("PrivateKey = ", StringComparison.Ordinal) || l.StartsWith("PresharedKey = ", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http")]
    [InlineData("https, http")]
    public async Task Over_plain_HTTP_a_registration_is_refused_also_from_this_machine_and_of_a_known_client(string? forwarded)
    {
        await using var server = await StartAsync(On);
        var key = Some.Key();

        (await server.SendAsync(Request(key.ToString(), forwarded))).ShouldBe(Reply.Json(403, Refused));
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);

        (await server.SendAsync(Request(key.ToString(), "https"))).Status.ShouldBe(200);
        (await server.SendAsync(Request(key.ToString(), forwarded))).ShouldBe(Reply.Json(403, Refused));
        (await server.SendAsync(Request(key.ToString(), forwarded, "beta"))).Status.ShouldNotBe(403);
    }

    [Fact]
    public async Task Only_a_trusted_proxy_can_say_that_it_was_asked_over_TLS()
    {
        await using var server = await StartAsync(On);

        (await RawHttp.SendAsync(server.Addresses[0], "POST /fleet/alpha/register HTTP/1.0\r\nHost: x\r\nX-Forwarded-Proto: https\r\nContent-Length: 0\r\n\r\n", IPAddress.Parse("127.0.0.2"))).ShouldContain(Refused);
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);
    }

    [Fact]
    public async Task The_ping_and_all_else_of_a_fleet_with_preshared_keys_need_no_TLS()
    {
        await using var server = await StartAsync(On);
        var key = Some.Key();
        await server.SendAsync(Request(key.ToString(), "https"));

        (await server.PingAsync("""{"hostname":"web"}""", $"{server.Registry.Current.Fleet("alpha")!.ByKey[key].Address}")).Status.ShouldBe(200);
        (await server.SendAsync(HttpMethod.Get, "/fleet/alpha/join.sh")).Status.ShouldBe(200);
    }

    private static ServerConfig On(ServerConfig config) =>
        config with { Fleets = [config.Fleets[0] with { Client = new ClientTunnelConfig { Preshared = true } }, config.Fleets[1]] };

    private static HttpRequestMessage Request(string? key, string? forwarded, string fleet = "alpha")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/fleet/{fleet}/register");
        if (key is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"public_key":"{{key}}"}"""));
        if (forwarded is not null)
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", forwarded);

        return request;
    }

    private static List<string> Lines(Reply reply)
    {
        reply.Status.ShouldBe(200, reply.Body);
        using var json = JsonDocument.Parse(reply.Body);
        return [.. json.RootElement.GetProperty("config").GetString()!.Split('\n')];
    }
}
