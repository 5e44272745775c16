using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Dashboard.EventPages;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Events;

/// <summary>Rows of the event log that this version cannot read, as a newer version or a damage leaves them.</summary>
public class UnknownEventTests
{
    [Theory]
    [InlineData("client.teleported", "{}", "this version does not know its type")]
    [InlineData("client.added", "{broken", "its data cannot be read: ")]
    [InlineData("client.added", "{}", "its data cannot be read: the client is missing")]
    [InlineData("client.added", "null", "its data cannot be read: ")]
    [InlineData("client.added", """{"client":{"fleet":"alpha","ip":"nowhere","public_key":"k","request_address":"::1","registered_at":"2026-01-02T03:04:05Z"}}""", "its data cannot be read: ")]
    public void A_row_that_cannot_be_read_is_an_unknown_event_and_says_why(string type, string data, string problem)
    {
        var read = EventJson.FromRow(Row(7, type, data)).ShouldBeOfType<UnknownEvent>();

        (read.Type, read.Sequence, read.Fleet, read.Client).ShouldBe((type, 7, "alpha", null));
        read.Problem.ShouldStartWith(problem);
    }

    [Theory]
    [InlineData("{\"x\":1}", "{\"x\":1}")]
    [InlineData("{broken", "\"{broken\"")]
    public void An_unknown_event_is_shown_with_its_data(string data, string shown)
    {
        var stored = StoredEvent.Of(Row(7, "client.teleported", data));

        using var json = JsonDocument.Parse(stored.Envelope("example.test"));
        json.RootElement.GetProperty("type").GetString().ShouldBe("client.teleported");
        json.RootElement.GetProperty("subject").GetString().ShouldBe("fleets/alpha/clients/fd00::1");
        json.RootElement.GetProperty("data").GetRawText().ShouldBe(shown);
        EventTableRow.Of(stored.Event, DateTimeOffset.UnixEpoch).ShouldSatisfyAllConditions(
            row => row.Fleet.ShouldBe("alpha"), row => row.Text.ShouldBe("unknown event: this version does not know its type"));
    }

    [Theory]
    [InlineData("client.teleported", "{}", "unknown event: this version does not know its type")]
    [InlineData("client.added", "{broken", "unknown event: its data cannot be read: ")]
    public async Task The_event_page_and_the_API_show_an_unknown_event(string type, string data, string text)
    {
        await using var server = await TestServer.StartAsync();
        await server.JoinAsync();
        var store = server.Services.GetRequiredService<HookStore>();
        server.Services.GetRequiredService<Database>().Write(c => c.Execute("UPDATE events SET type = $1, data = $2 WHERE seq = $3", type, data, store.LastSequence()));
        using var browser = new Browser(server);

        var page = await browser.PageAsync("/events");
        using var api = await server.AskAsync("GET", "/api/v1/events?last=10");

        page.Body!.TextContent.ShouldContain(text);
        api.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var json = JsonDocument.Parse(await api.Content.ReadAsStringAsync(TestServer.Ct));
        var last = json.RootElement.GetProperty("events").EnumerateArray().Single(e => e.GetProperty("seq").GetInt64() == store.LastSequence());
        last.GetProperty("type").GetString().ShouldBe(type);
        last.GetProperty("event").GetProperty("data").ToString().ShouldBe(data);
    }

    [Fact]
    public async Task No_handler_gets_an_unknown_event_and_all_get_the_events_after_it()
    {
        await using var stage = new Stage(typeof(HandlerTests.Everything));
        stage.Store.Create("everything", 0, []);
        new FleetStore(stage.Database).Commit(Batch(Row(1, "client.teleported", "{}"), Row(2, "client.added", "{broken")));

        (await stage.StartAsync()).ShouldBeTrue();
        await stage.TellAsync(stage.World.Add());

        stage.Calls.Made.ShouldBe(["everything startup", "everything client.added"]);
    }

    [Fact]
    public void All_hooks_and_attempts_share_one_body_made_of_the_stored_bytes()
    {
        var log = new EventLog(null!, null!, NullLogger<EventLog>.Instance);
        var added = (ClientAdded)new World().Add().Events[0];
        var row = EventJson.ToRow(added);
        row.Data = row.Data.Replace("192.0.2.1", "192.0.2.99", StringComparison.Ordinal);

        log.Append([added], [Row(added.Sequence - 1, "client.removed", "{}"), row]);

        var sent = log.Find(added.Sequence)!.Envelope("example.test");
        Encoding.UTF8.GetString(sent.Span).ShouldContain("192.0.2.99");
        log.After(0, 1).Single().Envelope("example.test").ShouldBe(sent, "the very same memory");
    }

    internal static EventRow Row(long sequence, string type, string data) => new()
    {
        Seq = sequence, Id = $"evt_{sequence}", Type = type, Fleet = "alpha", Subject = "fleets/alpha/clients/fd00::1", Time = DateTime.UnixEpoch, Data = data,
    };

    internal static StoreBatch Batch(params EventRow[] rows)
    {
        var batch = new StoreBatch();
        batch.Events.AddRange(rows);
        return batch;
    }
}
