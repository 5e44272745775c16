using System.Text;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Webhook;
using static WgFleet.Tests.Hooks.Deliveries.Webhook.WebhookSending;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

public class WebhookAnswerTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(204)]
    [InlineData(299)]
    public async Task A_status_of_success_delivers_the_event(int status)
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(status, "Retry-After", "60");

        (await SendAsync(To(receiver.Url))).ShouldBe(new DeliveryOutcome(DeliveryVerdict.Delivered) { Code = $"{status}" });
    }

    [Theory(Timeout = 60_000)]
    [InlineData(400, "Bad Request")]
    [InlineData(401, "Unauthorized")]
    [InlineData(404, "Not Found")]
    [InlineData(422, "Unprocessable Entity")]
    [InlineData(429, "Too Many Requests")]
    [InlineData(500, "Internal Server Error")]
    [InlineData(503, "Service Unavailable")]
    public async Task Any_other_status_is_tried_again(int status, string reason)
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(status, body: "not now");

        (await SendAsync(To(receiver.Url))).ShouldBe(new DeliveryOutcome(DeliveryVerdict.Retry)
        {
            Code = $"{status}",
            Response = "not now",
            Error = $"the receiver answered {status} {reason}",
        });
        receiver.Requests.Count.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_response_410_pauses_the_hook()
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(410, body: "moved out");

        var outcome = await SendAsync(To(receiver.Url));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Gone);
        outcome.Code.ShouldBe("410");
        outcome.Response.ShouldBe("moved out");
        outcome.Error.ShouldNotBeNull().ShouldContain("wants no more events");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed(int status)
    {
        await using var target = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.AnsweringAsync(status, "Location", $"{target.Url}/secret-path");

        var outcome = await SendAsync(To(receiver.Url));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Code.ShouldBe($"{status}");
        outcome.Error.ShouldBe($"the receiver answered {status}, a redirect to http://127.0.0.1:{target.Port}, which is not followed: set the hook's url to that address if events should go there");
        receiver.Requests.Count.ShouldBe(1);
        target.Connections.ShouldBe(0);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(429, "120", 120)]
    [InlineData(503, "0", 0)]
    [InlineData(500, "90000", 86400)]
    [InlineData(302, "7", 7)]
    public async Task Retry_After_in_seconds_is_respected_up_to_a_day(int status, string value, int seconds)
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(status, "Retry-After", value);

        (await SendAsync(To(receiver.Url))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Fri, 02 Jan 2026 03:14:05 GMT", 600)]
    [InlineData("Fri, 02 Jan 2026 03:04:00 GMT", 0)]
    [InlineData("Mon, 01 Jan 2035 00:00:00 GMT", 86400)]
    public async Task Retry_After_as_a_date_is_respected_up_to_a_day(string value, int seconds)
    {
        var time = new ManualTime();
        time.GetUtcNow().ShouldBe(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var receiver = await WebhookReceiver.AnsweringAsync(503, "Retry-After", value);

        (await SendAsync(To(receiver.Url), time)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("soon")]
    [InlineData("-5")]
    public async Task An_invalid_Retry_After_is_ignored(string value)
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(503, "Retry-After", value);

        var outcome = await SendAsync(To(receiver.Url));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.RetryAfter.ShouldBeNull();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_beginning_of_an_endless_response_is_kept_and_the_connection_closed()
    {
        var dropped = new TaskCompletionSource();
        await using var receiver = await WebhookReceiver.StartAsync(async context =>
        {
            using var registration = context.RequestAborted.Register(dropped.SetResult);
            var chunk = Encoding.UTF8.GetBytes(new string('x', 4096));
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(chunk, CancellationToken.None);
        });
        using var delivery = new WebhookDelivery(To(receiver.Url), TimeProvider.System);

        var outcome = await delivery.DeliverAsync(Attempt(), Ct);

        outcome.ShouldBe(new DeliveryOutcome(DeliveryVerdict.Delivered) { Code = "200", Response = new string('x', 1024) });
        await dropped.Task.WaitAsync(Ct);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_character_that_the_limit_cuts_in_two_is_dropped()
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(200, body: new string('x', 1023) + "üü");

        (await SendAsync(To(receiver.Url))).Response.ShouldBe(new string('x', 1023));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0, 1)]
    [InlineData(1024, 1)]
    [InlineData(100_000, 2)]
    public async Task Only_a_response_within_the_limit_keeps_its_connection_for_the_next_attempt(int length, int connections)
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(200, body: new string('x', length));
        using var delivery = new WebhookDelivery(To(receiver.Url), TimeProvider.System);

        (await delivery.DeliverAsync(Attempt(), Ct)).Response.Length.ShouldBe(Math.Min(length, 1024));
        (await delivery.DeliverAsync(Attempt(), Ct)).Response.Length.ShouldBe(Math.Min(length, 1024));

        receiver.Requests.Count.ShouldBe(2);
        receiver.Connections.ShouldBe(connections);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_redirect_within_the_receiver_is_reported_without_its_path()
    {
        await using var receiver = await WebhookReceiver.AnsweringAsync(302, "Location", "/secret-path");

        (await SendAsync(To(receiver.Url))).Error.ShouldNotBeNull().ShouldContain("a redirect to another path");
    }

    [Fact]
    public void An_error_is_one_line_of_bounded_length_whatever_the_receiver_sent()
    {
        WebhookException.OneLine("a\r\nb\u2028c\u001b[31m").ShouldBe("a  b c [31m");
        WebhookException.OneLine(new string('x', 5000)).Length.ShouldBe(300);
    }
}
