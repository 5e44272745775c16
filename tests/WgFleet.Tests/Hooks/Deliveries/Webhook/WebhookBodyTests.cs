using System.Text;
using System.Text.Json;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Webhook;
using static WgFleet.Tests.Hooks.Deliveries.Webhook.WebhookSending;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

/// <summary>A webhook whose body a template makes.</summary>
public sealed class WebhookBodyTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Each_attempt_of_an_event_sends_the_same_bytes_with_the_content_type_and_a_signature_over_them()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var secret = Convert.ToBase64String(new byte[32]);
        var template = _folder.File("body.hbs");
        await File.WriteAllTextAsync(template, "{{! as our tickets want it }}\n{\"what\": {{json type}}, \"who\": {{json client.fqdn}}, \"why\": {{json data.reason}}, \"room\": {{json settings.room}}}\n", Ct);
        using var delivery = new WebhookDelivery(
            To(receiver.Url, _folder.Secret("key", secret)) with { Body = template }, TimeProvider.System, settings: new Dictionary<string, string> { ["room"] = "hall \"1\"" });
        var attempt = Attempt();

        (await delivery.DeliverAsync(attempt, Ct)).Verdict.ShouldBe(DeliveryVerdict.Delivered);

        // A template that changes while the hook runs does not change an event that was tried already.
        await File.WriteAllTextAsync(template, "{}", Ct);
        (await delivery.DeliverAsync(attempt with { Number = 2 }, Ct)).Verdict.ShouldBe(DeliveryVerdict.Delivered);

        var request = receiver.Requests[0];
        Encoding.UTF8.GetString(request.Body).ShouldBe("{\"what\": \"client.added\", \"who\": \"bagger-ü.alpha.example.test\", \"why\": null, \"room\": \"hall \\\"1\\\"\"}\n");
        request.Headers["content-type"].ShouldBe("application/json");
        receiver.Requests[1].Body.ShouldBe(request.Body);
        foreach (var sent in receiver.Requests)
            (await WebhookVerifier.VerifyAsync(sent, secret)).ShouldStartWith("verified");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("{\"a\": {{client.hostname}}}", "template body makes of client.added what is not JSON, though content_type is application/json: line 1, byte 7: ")]
    [InlineData("\n{{data.nosuch}}", "template body, line 2: there is no 'data.nosuch' here (of client.added)")]
    [InlineData("{{! nothing }}", "template body makes of client.added what is not JSON")]
    public async Task What_is_not_JSON_is_not_sent_and_is_a_dead_letter_that_says_why(string body, string error)
    {
        await using var receiver = await WebhookReceiver.StartAsync();

        var outcome = await SendAsync(To(receiver.Url) with { Body = body });

        outcome.Verdict.ShouldBe(DeliveryVerdict.Rejected);
        outcome.Error!.ShouldStartWith(error);
        receiver.Requests.ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_body_of_another_type_may_be_any_text()
    {
        await using var receiver = await WebhookReceiver.StartAsync();

        (await SendAsync(To(receiver.Url) with { Body = "{{about}} said hello", ContentType = "text/plain; charset=utf-8" })).Verdict.ShouldBe(DeliveryVerdict.Delivered);

        Encoding.UTF8.GetString(receiver.Requests.Single().Body).ShouldBe("bagger-ü in alpha said hello");
        receiver.Requests.Single().Headers["content-type"].ShouldBe("text/plain; charset=utf-8");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_template_that_is_missing_when_the_hook_starts_is_looked_for_at_each_attempt()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var template = _folder.File("later.hbs");
        using var delivery = new WebhookDelivery(To(receiver.Url) with { Body = template }, TimeProvider.System);

        var missing = await delivery.DeliverAsync(Attempt(), Ct);
        await File.WriteAllTextAsync(template, "[]", Ct);
        var there = await delivery.DeliverAsync(Attempt(), Ct);

        missing.Verdict.ShouldBe(DeliveryVerdict.Retry);
        missing.Error!.ShouldStartWith($"template {template} cannot be read: ");
        there.Verdict.ShouldBe(DeliveryVerdict.Delivered);
    }

    [Fact(Timeout = 60_000)]
    public async Task Headers_of_the_configuration_are_sent_and_not_shown_and_a_file_may_hold_one()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var token = _folder.Secret("token", "Bearer tk_1234\n");
        var config = To(receiver.Url) with
        {
            Headers = [new("Authorization", token, IsFile: true), new("X-Hall", "north 1", IsFile: false), new("user-agent", "ours", IsFile: false)],
        };
        using var delivery = new WebhookDelivery(config, TimeProvider.System);
        var shown = new List<string>();

        (await delivery.DeliverAsync(Attempt() with { Show = shown.Add }, Ct)).Verdict.ShouldBe(DeliveryVerdict.Delivered);

        var headers = receiver.Requests.Single().Headers;
        (headers["authorization"], headers["x-hall"], headers["user-agent"], headers["content-type"]).ShouldBe(("Bearer tk_1234", "north 1", "ours", "application/cloudevents+json"));
        shown.ShouldContain("Authorization: (not shown)");
        string.Concat(shown).ShouldNotContain("tk_1234");

        // The file is read at each attempt, and others may not read it.
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        (await delivery.DeliverAsync(Attempt(), Ct)).Error!.ShouldContain($"secret file {token} is open to others");
        WebhookDelivery.Problems(config).ShouldHaveSingleItem().Key.ShouldBe("headers.Authorization");
        File.SetUnixFileMode(token, UnixFileMode.UserRead);
        await File.WriteAllTextAsync(token, "two\nlines", Ct);
        (await delivery.DeliverAsync(Attempt(), Ct)).Error!.ShouldContain("does not hold one line of ASCII");
    }

    [Fact]
    public void Slack_gets_a_text_with_its_three_characters_as_entities()
    {
        var body = Rendered("slack", ImageChanged("<!channel> & \"x\"\\"));

        body.GetProperty("text").GetString().ShouldBe("web in alpha: runs image unknown, before &lt;!channel&gt; &amp; \"x\"\\");
        body.EnumerateObject().Count().ShouldBe(1);
    }

    [Fact]
    public void Discord_gets_at_most_2000_characters_and_calls_nobody()
    {
        var body = Rendered("discord", ImageChanged(new string('x', 1900) + string.Concat(Enumerable.Repeat("😀", 100))));

        var text = body.GetProperty("content").GetString()!;
        text.Length.ShouldBeInRange(1999, 2000);
        text.ShouldEndWith("😀…");
        body.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void Ntfy_gets_the_topic_of_the_settings_and_a_message_of_less_than_4096_bytes()
    {
        var body = Rendered("ntfy", ImageChanged(new string('€', 5000)));

        (body.GetProperty("topic").GetString(), body.GetProperty("title").GetString(), body.GetProperty("priority").GetInt32()).ShouldBe(("hall", "web in alpha", 3));
        Encoding.UTF8.GetByteCount(body.GetProperty("message").GetString()!).ShouldBeLessThan(4096);
        Rendered("ntfy", new ClientOffline(Web, Noon) { Stamp = EventStamp.New(2, Noon) }).GetProperty("priority").GetInt32().ShouldBe(4);
    }

    [Fact]
    public void Alertmanager_gets_an_alert_that_ends_when_the_client_is_back_or_gone()
    {
        var begun = Rendered("alertmanager", new ClientOffline(Web, Noon) { Stamp = EventStamp.New(2, Noon) })[0];
        var back = Rendered("alertmanager", new ClientOnline(Web) { Stamp = EventStamp.New(3, Noon.AddMinutes(9)) })[0];
        var gone = Rendered("alertmanager", new ClientRemoved(Web, "removed") { Stamp = EventStamp.New(4, Noon.AddMinutes(9)) })[0];

        begun.GetProperty("labels").GetRawText().ShouldBe("""{"alertname": "WgFleetClientOffline", "severity": "warning", "fleet": "alpha", "address": "fd00:a::5"}""");
        begun.GetProperty("annotations").GetProperty("summary").GetString().ShouldBe("web in alpha: went offline, last seen at 2026-01-02 12:00:00Z");
        begun.GetProperty("startsAt").GetDateTimeOffset().ShouldBe(Noon);
        begun.GetProperty("endsAt").GetDateTimeOffset().ShouldBe(Noon.AddDays(7));
        foreach (var end in new[] { back, gone })
        {
            end.GetProperty("labels").GetRawText().ShouldBe(begun.GetProperty("labels").GetRawText());
            end.GetProperty("endsAt").GetDateTimeOffset().ShouldBe(Noon.AddMinutes(9));
            end.TryGetProperty("startsAt", out _).ShouldBeFalse();
        }

        Rendered("alertmanager", ImageChanged("x")).GetArrayLength().ShouldBe(0);
    }

    public static TheoryData<string> Shipped => [.. WebhookConfig.Bodies];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_shipped_body_is_JSON_for_every_event(string body)
    {
        foreach (var type in EventTypes.All)
            Rendered(body, EventTypes.Find(type)!.MakeUp(new EventSample(Web, "1.2.3"), EventStamp.New(1, Noon))).ValueKind.ShouldBeOneOf(JsonValueKind.Object, JsonValueKind.Array);
    }

    private static DateTimeOffset Noon => new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static Client Web => new("alpha", System.Net.IPAddress.Parse("fd00:a::5"), "web", "web.alpha.example.test", Convert.ToBase64String(new byte[32]), "192.0.2.1", Noon);

    private static ClientImageChanged ImageChanged(string previous) => new(Web, previous) { Stamp = EventStamp.New(1, Noon) };

    private static JsonElement Rendered(string body, FleetEvent e)
    {
        var config = new WebhookConfig { Url = new Uri("http://localhost/"), Body = body };
        var rendered = new WebhookBody(config, new Dictionary<string, string> { ["topic"] = "hall" }).Of(e, EventEnvelope.Write(e, "example.test"));
        using var json = JsonDocument.Parse(rendered);
        return json.RootElement.Clone();
    }
}
