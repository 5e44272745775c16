using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;
using WgFleet.Http;
using WgFleet.Queries.Troubles;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.Live;

public partial class LiveTests
{
    [Fact]
    public async Task A_new_client_is_sent_with_all_its_cells()
    {
        await using var server = await StartAsync();
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        var before = (await page.NextAsync())!;
        before.Order.ShouldBe([]);
        before["heading"].ShouldBe("Active Clients (0)");

        var client = await server.JoinAsync();
        var told = (await page.NextAsync())!;

        told.Order.ShouldBe([client.Id]);
        told["heading"].ShouldBe("Active Clients (1)");
        told["online"].ShouldBeNull();
        told["range"].ShouldBe("1-1 of 1");
        told.Rows.ShouldHaveSingleItem().Select(c => c.ToString()).ShouldBe(
        [
            $"{client.Id}", "False", "", client.Address.ToString(), client.PublicKey.ToString(), client.RequestAddress,
            $"{client.RegisteredAt:yyyy-MM-dd HH:mm:ss}", $"{client.RegisteredAt:yyyy-MM-dd HH:mm:ss}", "", "0 B", "0 B", "False", "alpha",
        ]);
    }

    [Fact]
    public async Task The_first_message_has_the_whole_page_and_later_ones_only_changes()
    {
        await using var server = await StartAsync();
        var (a, b) = (await server.JoinAsync(), await server.JoinAsync());
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        (await page.NextAsync())!.Rows.Select(r => r[0].GetInt64()).ShouldBe([a.Id, b.Id]);

        await server.PingAsync("""{"hostname":"crane"}""", b.Address.ToString());
        var told = (await page.NextAsync())!;

        told.Order.ShouldBeNull();
        told.Rows.ShouldHaveSingleItem()[2].GetString().ShouldBe("crane");
        told["heading"].ShouldBeNull();
    }

    [Fact]
    public async Task A_heartbeat_is_sent_while_nothing_changes()
    {
        await using var server = await StartAsync();
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        await page.NextAsync();

        (await page.NextOrHeartbeatAsync())!.IsHeartbeat.ShouldBeTrue();

        // After 5 s without one, a page says that it is stale.
        LiveStream.Heartbeat.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("/troubles/live")]
    [InlineData("/live")]
    [InlineData("/fleet/beta/live")]
    [InlineData("/events/live?after=0")]
    public async Task What_is_wrong_is_sent_to_every_page(string path)
    {
        await using var server = await StartAsync();
        using var page = await LiveReader.OpenAsync(server, path);
        var text = (await page.NextOrHeartbeatAsync())!["state text"];
        text.ShouldNotBeNull();
        await server.Registry.FreezeAsync("alpha", Acting.As("ops"));

        // While the clock is moved, hooks may be late too, which is a trouble of its own.
        var troubles = server.Services.GetRequiredService<TroubleList>();
        while (text != TroubleSummary.Of(troubles.Now()).Text || text == TroubleSummary.Nothing)
            text = (await page.NextOrHeartbeatAsync())!["state text"] ?? text;
    }

    [Fact]
    public async Task The_state_of_a_fleet_is_sent_when_it_changes()
    {
        await using var server = await StartAsync();
        using var front = await LiveReader.OpenAsync(server, "/live");
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        (await front.NextAsync())!["alpha trouble"].ShouldBe("");
        (await page.NextAsync())!["trouble"].ShouldBe("");

        server.WireGuard.Refuse("wg_alpha");
        (await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register")).Status.ShouldBe(500);

        (await UntilAsync(front, m => m["alpha trouble"] is not null))["alpha trouble"]!.ShouldMatch("^Down since 2026-01-02 .*: wg_alpha refused: EIO, Input/output error$");
        (await UntilAsync(page, m => m["trouble"] is not null))["trouble"]!.ShouldMatch("^Down since 2026-01-02 .*: wg_alpha refused: EIO, Input/output error$");
    }

    [Fact]
    public async Task A_pin_is_sent()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        await page.NextAsync();

        await server.Registry.PinAsync("alpha", client.Id, Acting.As("ops"));

        (await page.NextAsync())!.Rows.ShouldHaveSingleItem()[11].GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Handshakes_and_traffic_are_sent_once_the_server_sees_them()
    {
        await using var server = await StartAsync();
        var (_, b) = (await server.JoinAsync(), await server.JoinAsync());
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        await page.NextAsync();

        server.WireGuard.Touch("wg_alpha", b.PublicKey, server.Time.GetUtcNow(), received: 2048);
        await server.Registry.ObserveAsync("alpha", Ct);
        var told = (await page.NextAsync())!;

        var row = told.Rows.ShouldHaveSingleItem();
        row[0].GetInt64().ShouldBe(b.Id);
        row[1].GetBoolean().ShouldBeTrue();
        told["online"].ShouldBe("1");
        row[8].GetString().ShouldStartWith("2026-01-02 03:0");
        row[9].GetString().ShouldBe("2.0 KiB");
    }

    [Fact]
    public async Task A_removed_client_leaves_the_order()
    {
        await using var server = await StartAsync();
        var (a, b) = (await server.JoinAsync(), await server.JoinAsync());
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        (await page.NextAsync())!.Order.ShouldBe([a.Id, b.Id]);

        await server.Registry.RemoveAsync("alpha", [a.Id], _ => true, "removed");
        var told = (await page.NextAsync())!;

        told.Order.ShouldBe([b.Id]);
        told.Rows.ShouldBeEmpty();
        told["heading"].ShouldBe("Active Clients (1)");
    }

    [Fact]
    public async Task A_new_client_takes_its_sorted_place_and_a_renamed_one_moves()
    {
        await using var server = await StartAsync();
        var (crane, loader) = (await NamedAsync(server, "crane"), await NamedAsync(server, "loader"));
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live?sort=hostname");
        (await page.NextAsync())!.Order.ShouldBe([crane.Id, loader.Id]);

        var dozer = await server.Registry.RegisterAsync("alpha", Some.Key(), "");
        await server.Registry.SetHostnameAsync(dozer, "dozer", Acting.As("ops"));
        (await UntilAsync(page, m => m.Order?.Length == 3)).Order.ShouldBe([crane.Id, dozer.Id, loader.Id]);

        await server.Registry.SetHostnameAsync(crane, "winch", Acting.As("ops"));
        (await page.NextAsync())!.Order.ShouldBe([dozer.Id, loader.Id, crane.Id]);
    }

    [Fact]
    public async Task A_new_client_on_another_page_is_only_counted()
    {
        await using var server = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => server.Registry.RegisterAsync("alpha", Some.Key(), "")));
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        (await page.NextAsync())!.Rows.Count.ShouldBe(100);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => server.Registry.RegisterAsync("alpha", Some.Key(), "")));
        var told = await UntilAsync(page, m => m.Fresh == 3);

        told.Order.ShouldBeNull();
        told.Rows.ShouldBeEmpty();
        told["range"].ShouldBe("1-100 of 103");
        told["heading"].ShouldBe("Active Clients (103)");
    }

    [Fact]
    public async Task A_client_that_registers_between_page_and_stream_is_counted()
    {
        await using var server = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => server.Registry.RegisterAsync("alpha", Some.Key(), "")));
        using var browser = new Browser(server);
        var newest = (await browser.PageAsync("/fleet/alpha")).QuerySelector("#list")!.GetAttribute("data-newest");

        await server.JoinAsync();
        using var page = await LiveReader.OpenAsync(server, $"/fleet/alpha/live?newest={newest}");

        (await page.NextAsync())!.Fresh.ShouldBe(1);
    }

    [Fact]
    public async Task A_search_is_sent_only_clients_that_match()
    {
        await using var server = await StartAsync();
        var crane = await NamedAsync(server, "crane");
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live?q=crane");
        (await page.NextAsync())!.Order.ShouldBe([crane.Id]);

        await NamedAsync(server, "loader");
        var told = await UntilAsync(page, m => m["heading"] == "Active Clients (2)");
        told.Order.ShouldBeNull();
        told.Fresh.ShouldBeNull();
        told.Rows.ShouldBeEmpty();

        var other = await NamedAsync(server, "crane");
        (await UntilAsync(page, m => m.Order is not null)).Order.ShouldBe([crane.Id, other.Id]);
    }

    [Fact]
    public async Task All_changes_within_a_second_are_one_message()
    {
        await using var server = await StartAsync();
        await server.JoinAsync();
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");
        await page.NextAsync();

        for (var i = 0; i < 50; i++)
            await server.Registry.RegisterAsync("alpha", Some.Key(), "");

        var told = (await page.NextAsync())!;
        told.Order!.Length.ShouldBe(51);
        told.Rows.Count.ShouldBe(50);
    }

    [Fact]
    public async Task The_front_page_is_sent_the_totals_of_each_fleet()
    {
        await using var server = await StartAsync();
        await server.JoinAsync("beta");
        using var page = await LiveReader.OpenAsync(server, "/live");
        var first = (await page.NextAsync())!;
        first["alpha clients"].ShouldBe("0");
        first["beta clients"].ShouldBe("1");
        first["beta share"].ShouldBe("0");

        await server.JoinAsync("alpha");
        var told = (await page.NextAsync())!;

        told["alpha clients"].ShouldBe("1");
        told["alpha online"].ShouldBeNull();
        told["beta clients"].ShouldBeNull();
    }

    [Fact]
    public async Task A_clients_page_is_sent_that_client_and_its_removal()
    {
        await using var server = await StartAsync();
        var member = await server.JoinAsync();
        using var page = await LiveReader.OpenAsync(server, $"/fleet/alpha/live?client={member.Id}");
        (await page.NextAsync())!["title"].ShouldBe(member.Address.ToString());

        await server.JoinAsync();
        await server.PingAsync("""{"hostname":"crane"}""", member.Address.ToString());
        (await page.NextAsync())!["title"].ShouldBe("crane");

        await server.Registry.RemoveAsync("alpha", [member.Id], _ => true, "removed");
        (await page.NextAsync())!["gone"].ShouldBe("yes");
    }

    [Fact]
    public async Task Text_from_a_client_cannot_end_a_message()
    {
        await using var server = await StartAsync();
        await server.Registry.RegisterAsync("alpha", Some.Key(), "\"]}\n\ndata: {\"gone\":\"yes\"}\n\n<script>\u2028");
        using var page = await LiveReader.OpenAsync(server, "/fleet/alpha/live");

        var told = (await page.NextAsync())!;

        told.Rows.ShouldHaveSingleItem()[5].GetString().ShouldBe("\"]}\n\ndata: {\"gone\":\"yes\"}\n\n<script>\u2028");
        told["gone"].ShouldBeNull();
        told.Json.GetRawText().ShouldNotContain("<script>");
    }

    private static async Task<RegisteredClient> NamedAsync(TestServer server, string name)
    {
        var client = await server.Registry.RegisterAsync("alpha", Some.Key(), "");
        var renaming = await server.Registry.NameAsync(server.Registry.Current.Fleet("alpha")!, client, name);
        renaming.Changed.ShouldBeTrue();
        return server.Registry.Current.Fleet("alpha")!.ById[client.Id];
    }

    private static async Task<LiveReader.Message> UntilAsync(LiveReader page, Func<LiveReader.Message, bool> told)
    {
        while (await page.NextAsync() is { } message)
        {
            if (told(message))
                return message;
        }

        throw new InvalidOperationException("the stream has ended");
    }
}
