using System.Text;
using System.Text.Json;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

/// <summary>What a client is answered that sends its own public key.</summary>
public class OwnKeyAnswerTests
{
    [Fact]
    public async Task A_machine_with_its_own_key_gets_no_private_key_and_the_same_answer_each_time()
    {
        await using var server = await StartAsync();
        var key = Some.Key();

        var reply = await RegisterAsync(server, $$"""{"public_key":"{{key}}"}""");

        reply.Status.ShouldBe(200);
        using var json = JsonDocument.Parse(reply.Body);
        var client = server.Registry.Current.Fleet("alpha")!.ByKey[key];
        json.RootElement.GetProperty("config").GetString()!.ShouldStartWith($"[Interface]\nAddress = {client.Address}/64\n\n[Peer]\n");
        reply.Body.ShouldNotContain("PrivateKey");
        (await RegisterAsync(server, $$"""{"public_key":"{{key}}"}""")).ShouldBe(reply);
        server.Log.Lines.Count(l => l.Message.StartsWith("Client registered", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Registering_again_is_a_sign_of_life()
    {
        await using var server = await StartAsync();
        var key = Some.Key();
        await RegisterAsync(server, $$"""{"public_key":"{{key}}"}""");
        server.Time.Advance(TimeSpan.FromSeconds(1));

        await RegisterAsync(server, $$"""{"public_key":"{{key}}"}""");

        server.Registry.Current.Fleet("alpha")!.ByKey[key].Liveness.LastSeen.ShouldBe(server.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_key_of_another_fleets_client_is_409()
    {
        await using var server = await StartAsync();
        var key = Some.Key();
        var body = $$"""{"public_key":"{{key}}"}""";
        await RegisterAsync(server, body, "beta");
        server.Registry.Current.Fleet("beta")!.ByKey[key].Liveness.Observed(server.Time.GetUtcNow(), 1, 1, server.Time.GetUtcNow());

        (await RegisterAsync(server, body)).ShouldBe(Reply.Json(409, """{"detail":"This key belongs to a client of another fleet"}"""));
    }

    [Fact]
    public async Task Whoever_registers_a_key_without_having_its_private_key_keeps_its_owner_out_of_no_fleet()
    {
        await using var server = await StartAsync();
        var key = Some.Key();
        var body = $$"""{"public_key":"{{key}}"}""";
        await RegisterAsync(server, body, "beta");

        (await RegisterAsync(server, body)).Status.ShouldBe(200);

        server.Registry.Current.Fleet("beta")!.ByKey.ShouldNotContainKey(key);
        server.Registry.Current.Fleet("alpha")!.ByKey.ShouldContainKey(key);
        server.WireGuard.Peers("wg_beta").ShouldNotContainKey(key.ToString());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"AAAA\"")]
    [InlineData("\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab=\"")]
    [InlineData("17")]
    [InlineData("{}")]
    public async Task An_invalid_key_is_refused(string key)
    {
        await using var server = await StartAsync();

        (await RegisterAsync(server, $$"""{"public_key":{{key}}}""")).ShouldBe(Reply.Json(422,
            """{"detail":[{"type":"value_error","loc":["body","public_key"],"msg":"Input should be a WireGuard public key: 44 characters of base64"}]}"""));
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);
    }

    [Fact]
    public async Task The_key_of_a_gateway_is_refused()
    {
        await using var server = await StartAsync();
        var own = (await RegisterAsync(server, "")).Body;
        var gateway = own[(own.IndexOf("PublicKey = ", StringComparison.Ordinal) + 12)..][..44];

        (await RegisterAsync(server, $$"""{"public_key":"{{gateway}}"}""", "beta")).Status.ShouldBe(422);
    }

    [Theory]
    [InlineData("""{"public_key":null}""")]
    [InlineData("""{"other":1}""")]
    [InlineData("""["public_key"]""")]
    [InlineData("""{"public_key":"\ud800"}""")]
    [InlineData("public_key=x")]
    public async Task Any_other_body_is_ignored(string body)
    {
        await using var server = await StartAsync();

        var reply = await RegisterAsync(server, body);

        reply.Status.ShouldBe(200);
        reply.Body.ShouldContain("PrivateKey = ");
    }

    private static Task<Reply> RegisterAsync(TestServer server, string body, string fleet = "alpha") =>
        server.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/fleet/{fleet}/register") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) });
}
