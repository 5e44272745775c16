using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http;

/// <summary>Whatever a request says that cannot be read is answered by 4xx and one line that says what was wrong.</summary>
public class BadInputTests
{
    private static readonly string[] OfFleets =
        ["/fleet/alpha/freeze", "/fleet/alpha/thaw", "/fleet/alpha/prune/allow", "/fleet/alpha/prune/keep", "/fleet/alpha/many", "/fleet/alpha/many/plan"];

    [Theory]
    [InlineData("/api/v1/clients?limit=many", "limit is 'many', which is not a whole number, or is too large")]
    [InlineData("/api/v1/clients?limit=99999999999999999999", "limit is '99999999999999999999', which is not a whole number, or is too large")]
    [InlineData("/api/v1/clients?online=perhaps", "online is 'perhaps', which is not true or false")]
    [InlineData("/api/v1/events?after=yesterday", "after is 'yesterday', which is not a whole number, or is too large")]
    [InlineData("/api/v1/wait?timeout=1", "seq is missing")]
    [InlineData("/api/v1/clients?fleeet=alpha", "there is no parameter 'fleeet'; there are: cursor, descending, fleet, limit, online, pinned, q, sort, state, tag, unnamed")]
    [InlineData("/api/v1/clients/1?flet=alpha", "there is no parameter 'flet'; there are: fleet")]
    [InlineData("/sd/prometheus?group=alpha", "there is no parameter 'group'; there are: fleet, port")]
    public async Task An_unknown_or_invalid_parameter_is_named_in_the_refusal(string path, string detail)
    {
        await using var server = await StartAsync();

        using var answer = await server.AskAsync("GET", path);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        problem.RootElement.GetProperty("detail").GetString().ShouldBe(detail);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"a b\"")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7")]
    public async Task A_form_that_cannot_be_read_is_refused_and_causes_no_error(string contentType)
    {
        await using var server = await StartAsync();
        var member = await server.JoinAsync();
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token(TokenRow.Write))).Dispose();

        foreach (var path in (string[])["/login", "/logout", "/tokens", $"/fleet/alpha/clients/{member.Address}/rename", $"/fleet/alpha/clients/{member.Address}/pin", "/hooks/hosts_file/run", .. OfFleets])
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"));
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            using var answer = await browser.SendAsync(path, content);
            ((int)answer.StatusCode).ShouldBeInRange(400, 499, $"{path} {contentType}");
        }

        server.Log.At(LogLevel.Error).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("/")]
    [InlineData("")]
    public async Task What_is_not_a_form_is_refused_by_forms_also_with_a_token(string contentType)
    {
        await using var server = await StartAsync();
        var member = await server.JoinAsync();
        var token = server.Token(TokenRow.Write);

        foreach (var path in (string[])["/tokens", $"/fleet/alpha/clients/{member.Address}/rename", "/hooks/hosts_file/run", "/hooks/hosts_file/retry", .. OfFleets])
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent("a=b"u8.ToArray()) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            request.Headers.Authorization = new("Bearer", token);
            (await server.SendAsync(request)).Status.ShouldBe(415, $"{path} {contentType}");
        }

        server.Log.At(LogLevel.Error).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_forged_antiforgery_token_is_refused_without_a_line_in_the_log()
    {
        await using var server = await StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = new FormUrlEncodedContent([new("__RequestVerificationToken", "CfDJ8x"), new("token", "x")]) };
        request.Headers.TryAddWithoutValidation("Cookie", "wg-fleet-form=CfDJ8x");

        (await server.SendAsync(request)).Status.ShouldBe(403);
        server.Log.Lines.Where(l => l.Level >= LogLevel.Warning && l.Category.StartsWith("Microsoft", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Control_characters_in_a_forwarded_source_are_escaped_in_the_log()
    {
        await using var server = await StartAsync();

        (await server.AskAsync("POST", "/fleet/alpha/register", from: "192.0.2.1\u001b[2J")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Eventually.True(() => server.Log.At(LogLevel.Information).Any(l => l.Contains("Client registered")));
        server.Log.At(LogLevel.Information).Single(l => l.Contains("Client registered")).ShouldContain(@"192.0.2.1\u001b[2J");
    }
}
