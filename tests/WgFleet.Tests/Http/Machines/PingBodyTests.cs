using System.Text;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

public class PingBodyTests
{
    private const string Missing = """{"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]}""";

    [Theory]
    [InlineData("", Missing)]
    [InlineData("null", Missing)]
    [InlineData("\"x\"", """{"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":"x"}]}""")]
    [InlineData("5", """{"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":5}]}""")]
    [InlineData("[]", """{"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":[]}]}""")]
    [InlineData("""{"hostname":5}""", """{"detail":[{"type":"string_type","loc":["body","hostname"],"msg":"Input should be a valid string","input":5}]}""")]
    [InlineData("""{"hostname":true}""", """{"detail":[{"type":"string_type","loc":["body","hostname"],"msg":"Input should be a valid string","input":true}]}""")]
    [InlineData("""{"hostname":["a"]}""", """{"detail":[{"type":"string_type","loc":["body","hostname"],"msg":"Input should be a valid string","input":["a"]}]}""")]
    [InlineData("""{"hostname":{}}""", """{"detail":[{"type":"string_type","loc":["body","hostname"],"msg":"Input should be a valid string","input":{}}]}""")]
    [InlineData("{", """{"detail":[{"type":"json_invalid","loc":["body",1],"msg":"JSON decode error","input":{},"ctx":{"error":"not valid JSON from here"}}]}""")]
    [InlineData("hello", """{"detail":[{"type":"json_invalid","loc":["body",0],"msg":"JSON decode error","input":{},"ctx":{"error":"not valid JSON from here"}}]}""")]
    [InlineData("{} x", """{"detail":[{"type":"json_invalid","loc":["body",3],"msg":"JSON decode error","input":{},"ctx":{"error":"not valid JSON from here"}}]}""")]
    [InlineData("{\n\"ü\" x", """{"detail":[{"type":"json_invalid","loc":["body",6],"msg":"JSON decode error","input":{},"ctx":{"error":"not valid JSON from here"}}]}""")]
    public async Task A_body_that_is_not_an_object_with_a_valid_name_is_422(string body, string answer)
    {
        await using var server = await StartAsync();

        // Bodies are looked at before all else, the fleet included.
        (await server.PingAsync(body, "nonsense", "nosuch")).ShouldBe(Reply.Json(422, answer));
    }

    [Fact]
    public async Task A_missing_body_is_422()
    {
        await using var server = await StartAsync();

        (await server.PingAsync((byte[]?)null, "fd00:a::2")).ShouldBe(Reply.Json(422, Missing));
    }

    [Theory]
    [InlineData("application/json", 404)]
    [InlineData("application/json; charset=utf-8", 404)]
    [InlineData("Application/JSON", 404)]
    [InlineData("application/problem+json", 404)]
    [InlineData("application/vnd.x+json;v=1", 404)]
    [InlineData(null, 404)]
    [InlineData("text/plain", 422)]
    [InlineData("text/json", 422)]
    [InlineData("application/x-www-form-urlencoded", 422)]
    [InlineData("nonsense", 422)]
    public async Task A_body_counts_as_JSON_with_a_JSON_content_type_or_with_none(string? contentType, int status)
    {
        await using var server = await StartAsync();

        var reply = await server.PingAsync("{}", "fd00:a::2", contentType: contentType);

        reply.ShouldBe(status == 404
            ? Reply.Json(404, """{"detail":"Client not registered"}""")
            : Reply.Json(422, """{"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":"{}"}]}"""));
    }

    [Fact]
    public async Task Invalid_UTF8_and_too_deep_nesting_are_400()
    {
        await using var server = await StartAsync();
        var bad = Reply.Json(400, """{"detail":"There was an error parsing the body"}""");

        (await server.PingAsync([0x7b, 0xff, 0x7d], "fd00:a::2")).ShouldBe(bad);
        (await server.PingAsync([.. "{\"hostname\":\"\xc3\""u8], "fd00:a::2")).Status.ShouldBe(422);
        (await server.PingAsync([0xc3, 0x28], "fd00:a::2", contentType: "text/plain")).ShouldBe(bad);
        (await server.PingAsync(new string('[', 20_000), "fd00:a::2")).ShouldBe(bad);
        (await server.PingAsync("""{"hostname":NaN}""", "fd00:a::2")).Status.ShouldBe(422);
    }

    [Theory]
    [InlineData("ping", false)]
    [InlineData("ping", true)]
    [InlineData("register", false)]
    [InlineData("register", true)]
    public async Task A_body_may_have_at_most_64_KiB(string endpoint, bool chunked)
    {
        await using var server = await StartAsync();
        var tooLarge = Reply.Json(413, """{"detail":"Request body too large"}""");

        (await SendAsync(64 * 1024)).Status.ShouldBe(endpoint == "ping" ? 404 : 200);
        (await SendAsync((64 * 1024) + 1)).ShouldBe(tooLarge);
        (await SendAsync(1024 * 1024)).ShouldBe(tooLarge);
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(endpoint == "ping" ? 0 : 1);
        server.Log.At(Microsoft.Extensions.Logging.LogLevel.Error).ShouldBeEmpty();

        Task<Reply> SendAsync(int size)
        {
            var body = Encoding.ASCII.GetBytes("{}" + new string(' ', size - 2));
            var request = new HttpRequestMessage(HttpMethod.Post, $"/fleet/alpha/{endpoint}") { Content = new ByteArrayContent(body) };
            request.Headers.TransferEncodingChunked = chunked;
            request.Headers.ExpectContinue = true;
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", "fd00:a::2");
            return server.SendAsync(request);
        }
    }
}
