using System.Text;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Webhook;
using static WgFleet.Tests.Hooks.Deliveries.Webhook.WebhookSending;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

public sealed class WebhookSignatureTests : IDisposable
{
    private const string NewSecret = "whsec_bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldyE=";
    private const string OldSecret = "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQh";
    private const string OtherSecret = "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXI=";

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_signature_equals_the_one_of_the_specification()
    {
        // The example of the libraries of Standard Webhooks.
        var secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        WebhookSignature.Of("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8, [secret])
            .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_verifies_with_the_new_secret_and_with_the_old_one()
    {
        var request = await SentAsync(TimeProvider.System, NewSecret, OldSecret + "\n");

        request.Headers["webhook-signature"].Split(' ').Length.ShouldBe(2);
        (await WebhookVerifier.VerifyAsync(request, NewSecret)).ShouldBe("verified evt_1");
        (await WebhookVerifier.VerifyAsync(request, OldSecret)).ShouldBe("verified evt_1");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_with_another_secret_refuses()
    {
        var request = await SentAsync(TimeProvider.System, NewSecret);

        (await WebhookVerifier.VerifyAsync(request, OtherSecret)).ShouldBe("No matching signature found");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_refuses_a_changed_request()
    {
        var request = await SentAsync(TimeProvider.System, NewSecret);
        var body = Encoding.UTF8.GetString(request.Body);

        var altered = request with { Body = Encoding.UTF8.GetBytes(body.Replace("bagger", "ladder", StringComparison.Ordinal)) };
        var renamed = request with { Headers = new Dictionary<string, string>(request.Headers) { ["webhook-id"] = "evt_2" } };

        altered.Body.ShouldNotBe(request.Body);
        (await WebhookVerifier.VerifyAsync(altered, NewSecret)).ShouldBe("No matching signature found");
        (await WebhookVerifier.VerifyAsync(renamed, NewSecret)).ShouldBe("No matching signature found");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_refuses_an_old_request()
    {
        var time = new ManualTime();
        time.Advance(DateTimeOffset.UtcNow - TimeSpan.FromMinutes(6) - time.GetUtcNow());

        var request = await SentAsync(time, NewSecret);

        (await WebhookVerifier.VerifyAsync(request, NewSecret)).ShouldBe("Message timestamp too old");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_changed_secret_signs_the_next_attempt()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var file = _folder.Secret("key", NewSecret);
        using var delivery = new WebhookDelivery(To(receiver.Url, file), new ManualTime());

        await delivery.DeliverAsync(Attempt(), Ct);
        _folder.Secret("key", OtherSecret);
        await delivery.DeliverAsync(Attempt(), Ct);

        var signatures = receiver.Requests.Select(r => r.Headers["webhook-signature"]).ToArray();
        signatures.Length.ShouldBe(2);
        signatures[1].ShouldNotBe(signatures[0]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_sent_while_one_of_the_secrets_cannot_be_used()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (good, bad) = (_folder.Secret("good", NewSecret), _folder.Secret("bad", OldSecret, (UnixFileMode)0x1A0));

        var outcome = await SendAsync(To(receiver.Url, good, bad));

        outcome.ShouldBe(new DeliveryOutcome(DeliveryVerdict.Retry) { Error = $"secret file {bad} is open to others (mode 0640): chmod 600 {bad}" });
        receiver.Connections.ShouldBe(0);
    }

    private async Task<WebhookReceiver.Request> SentAsync(TimeProvider time, params string[] secrets)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var files = secrets.Select((secret, i) => _folder.Secret($"key{i}", secret)).ToArray();
        (await SendAsync(To(receiver.Url, files), time)).Verdict.ShouldBe(DeliveryVerdict.Delivered);
        return receiver.Requests.Single();
    }
}
