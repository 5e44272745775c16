using System.Diagnostics;
using System.Globalization;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Webhook;
using WgFleet.Hosting;
using static WgFleet.Tests.Hooks.Deliveries.Webhook.WebhookSending;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

public class WebhookRequestTests
{
    [Fact(Timeout = 60_000)]
    public async Task The_body_is_posted_unchanged_with_the_headers_of_Standard_Webhooks()
    {
        var time = new ManualTime();
        await using var receiver = await WebhookReceiver.StartAsync();
        using var delivery = new WebhookDelivery(To(new Uri(receiver.Url, "/hook?from=fleet")), time);
        var attempt = Attempt();

        var outcome = await delivery.DeliverAsync(attempt, Ct);

        outcome.ShouldBe(new DeliveryOutcome(DeliveryVerdict.Delivered) { Code = "200" });
        var request = receiver.Requests.Single();
        request.Line.ShouldBe("POST /hook?from=fleet");
        request.Body.ShouldBe(attempt.Envelope.ToArray());
        request.Headers["content-type"].ShouldBe("application/cloudevents+json");
        request.Headers["content-length"].ShouldBe(attempt.Envelope.Length.ToString(CultureInfo.InvariantCulture));
        request.Headers["user-agent"].ShouldBe($"wg-fleet/{ProductInfo.Version}");
        request.Headers["webhook-id"].ShouldBe(attempt.Event.Id);
        request.Headers["webhook-timestamp"].ShouldBe(time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.ShouldNotContainKey("webhook-signature");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_later_attempt_has_the_same_id_and_body_and_its_own_time()
    {
        var time = new ManualTime();
        await using var receiver = await WebhookReceiver.StartAsync();
        using var delivery = new WebhookDelivery(To(receiver.Url), time);
        var attempt = Attempt();

        await delivery.DeliverAsync(attempt, Ct);
        time.Advance(TimeSpan.FromMinutes(5));
        await delivery.DeliverAsync(attempt with { Number = 2 }, Ct);

        var (first, second) = (receiver.Requests[0], receiver.Requests[1]);
        second.Body.ShouldBe(first.Body);
        second.Headers["webhook-id"].ShouldBe(first.Headers["webhook-id"]);
        (Timestamp(second) - Timestamp(first)).ShouldBe(300);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cookie_of_the_receiver_is_not_sent_back()
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(200, "Set-Cookie", "session=1; Path=/");
        using var delivery = new WebhookDelivery(To(receiver.Url), TimeProvider.System);

        await delivery.DeliverAsync(Attempt(), Ct);
        await delivery.DeliverAsync(Attempt(), Ct);

        receiver.Requests.Count.ShouldBe(2);
        receiver.Requests[1].Headers.ShouldNotContainKey("cookie");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_attempt_continues_the_trace_of_its_caller()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var activity = new Activity("attempt").SetIdFormat(ActivityIdFormat.W3C).Start();

        await SendAsync(To(receiver.Url));

        receiver.Requests.Single().Headers["traceparent"].ShouldContain(activity.TraceId.ToString());
    }

    private static long Timestamp(WebhookReceiver.Request request) => long.Parse(request.Headers["webhook-timestamp"], CultureInfo.InvariantCulture);
}
