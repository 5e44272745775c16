using System.Net;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.FleetPages;

public class FleetPageCacheTests
{
    private const string Path = "/fleet/alpha";

    [Fact]
    public async Task A_rendered_page_is_used_again_within_a_second()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        var first = await PageAsync(server);
        await server.HandshakeAsync(client);

        (await PageAsync(server)).ShouldBe(first);
        server.Time.Advance(TimeSpan.FromSeconds(1));

        (await PageAsync(server)).ShouldContain("""<tr role="row" class="on" """);
        first.ShouldContain("""<tr role="row" class="off" """);
    }

    [Fact]
    public async Task A_page_is_rendered_again_as_soon_as_the_fleet_changes()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        await PageAsync(server);

        await server.PingAsync("""{"hostname":"machine-17"}""", $"{client.Address}");

        (await PageAsync(server)).ShouldContain("machine-17");
    }

    [Fact]
    public async Task No_caller_gets_a_page_that_was_rendered_for_another()
    {
        await using var server = await StartAsync();
        var near = await PageAsync(server);
        near.ShouldNotContain("href=\"/tokens\"");
        near.ShouldContain("/login?next=");
        var (write, read) = (server.Token(), server.Token(TokenRow.Read, "reader"));
        using var browser = new Browser(server);
        (await browser.LogInAsync(write)).Dispose();

        for (var i = 0; i < 2; i++)
        {
            (await PageAsync(server, write)).ShouldContain("href=\"/tokens\"");
            (await PageAsync(server, read)).ShouldNotContain("href=\"/tokens\"");
            (await browser.PageAsync(Path)).QuerySelector("form.leave").ShouldNotBeNull();

            // With the first token the server closed to callers without one.
            using var without = await server.AskAsync("GET", Path);
            without.StatusCode.ShouldBe(HttpStatusCode.Found);
        }
    }

    private static async Task<string> PageAsync(TestServer server, string? token = null)
    {
        using var answer = await server.AskAsync("GET", Path, token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return await answer.Content.ReadAsStringAsync(Ct);
    }
}
