using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;
using WgFleet.Http;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.Live;

/// <content>The end of streams, and their limits.</content>
public partial class LiveTests
{
    [Fact]
    public async Task A_stream_ends_when_its_token_is_revoked()
    {
        await using var server = await StartAsync();
        server.Token(name: "other");
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live", server.Token(TokenRow.Read));
        await page.NextAsync();

        server.Tokens().Revoke(TokenRow.Admin, "ops", "a test", mayOpen: false);
        await server.JoinAsync();

        (await page.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_stream_ends_after_ten_minutes_so_that_the_session_is_checked_again()
    {
        await using var server = await StartAsync();
        using var page = await LiveReader.OpenAsync(server, "/live");
        await page.NextAsync();

        server.Time.Advance(TimeSpan.FromMinutes(10));

        (await page.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Streams_end_with_the_server()
    {
        var server = await StartAsync();
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        await page.NextAsync();

        var rest = page.NextAsync();
        await server.DisposeAsync();

        (await rest).ShouldBeNull();
    }

    [Fact]
    public async Task Viewers_are_limited_and_one_that_leaves_makes_room()
    {
        await using var server = await StartAsync();
        var pages = await Task.WhenAll(Enumerable.Range(0, new StreamLimits().MaxNear).Select(_ => LiveReader.OpenAsync(server, "/live")));

        using (var refused = await server.AskAsync("GET", "/live"))
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        pages[0].Dispose();
        await Eventually.True(() => server.Services.GetRequiredService<LiveStream>().Viewers < new StreamLimits().MaxNear);
        (await LiveReader.OpenAsync(server, "/live")).Dispose();
        foreach (var page in pages)
            page.Dispose();
    }

    [Theory]
    [InlineData("/fleet/nosuch/live")]
    [InlineData("/fleet/ALPHA/live")]
    public async Task An_unknown_fleet_has_no_stream(string path)
    {
        await using var server = await StartAsync();

        (await server.SendAsync(HttpMethod.Get, path)).Status.ShouldBe(404);
    }
}
