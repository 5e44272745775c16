using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Webhook;
using static WgFleet.Tests.Hooks.Deliveries.Webhook.WebhookSending;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

public class WebhookConnectionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Fact(Timeout = 60_000)]
    public async Task A_slow_response_ends_with_the_timeout()
    {
        // At ten bytes a second the kilobyte that is read would take longer than this test may. The clock is the system's, for
        // nobody can tell when the client has begun to read.
        await using var receiver = await WebhookReceiver.StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(".");
                await context.Response.Body.FlushAsync();
                await Task.Delay(100);
            }
        });

        var delivered = SendAsync(To(receiver.Url) with { Timeout = TimeSpan.FromSeconds(1) });

        await ShouldBeTooLate(delivered, $"127.0.0.1:{receiver.Port}", 1);
        await receiver.ConnectionsClosedAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_receiver_that_does_not_answer_ends_the_attempt_with_the_timeout(string scheme)
    {
        var time = new ManualTime();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var endpoint = (IPEndPoint)silent.LocalEndpoint;
        using var delivery = new WebhookDelivery(To(new Uri($"{scheme}://{endpoint}/")), time);

        var delivered = delivery.DeliverAsync(Attempt(), Ct);
        using var accepted = await silent.AcceptSocketAsync(Ct);
        await accepted.ReceiveAsync(new byte[1], Ct);
        time.Advance(Limit);

        await ShouldBeTooLate(delivered, $"{endpoint}");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_name_lookup_without_an_answer_ends_with_the_timeout()
    {
        var (time, asked, never) = (new ManualTime(), new TaskCompletionSource(), new TaskCompletionSource<IPAddress[]>());
        using var delivery = new WebhookDelivery(To(new Uri("http://hook.test/")), time, null, (_, _) =>
        {
            asked.SetResult();
            return never.Task;
        });

        var delivered = delivery.DeliverAsync(Attempt(), Ct);
        await asked.Task.WaitAsync(Ct);
        time.Advance(Limit);

        await ShouldBeTooLate(delivered, "hook.test");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_attempt_ends_at_once_when_it_is_cancelled()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using var receiver = await WebhookReceiver.StartAsync(async context =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using var delivery = new WebhookDelivery(To(receiver.Url), TimeProvider.System);

        await Should.ThrowAsync<OperationCanceledException>(delivery.DeliverAsync(Attempt(), cancel.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refused_connection_is_tried_again()
    {
        // Bound and not listening: nobody else can take the port meanwhile.
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var outcome = await SendAsync(To(new Uri($"http://{bound.LocalEndPoint}/secret-path")));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Code.ShouldBeNull();
        outcome.Error.ShouldNotBeNull().ShouldStartWith($"{bound.LocalEndPoint}: Connection refused");
        outcome.Error.ShouldNotContain("secret-path");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_connection_that_breaks_during_the_response_is_tried_again()
    {
        await using var receiver = await WebhookReceiver.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        var outcome = await SendAsync(To(receiver.Url));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Error.ShouldNotBeNull().ShouldStartWith($"127.0.0.1:{receiver.Port}: ");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_unknown_name_is_tried_again()
    {
        var outcome = await SendAsync(To(new Uri("http://hook.test/")), null, (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Error.ShouldNotBeNull().ShouldStartWith("hook.test: ");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_untrusted_certificate_ends_the_attempt_before_the_event_is_sent()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificateRequest = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        certificateRequest.CertificateExtensions.Add(names.Build());
        using var certificate = certificateRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var receiver = await WebhookReceiver.StartAsync(certificate: certificate);

        var outcome = await SendAsync(To(new Uri($"https://127.0.0.1:{receiver.Port}/hook")));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Code.ShouldBeNull();
        outcome.Error.ShouldNotBeNull().ShouldStartWith($"TLS with 127.0.0.1:{receiver.Port} failed: ");
        outcome.Error.ShouldContain("UntrustedRoot");
        receiver.Connections.ShouldBe(1);
        receiver.Requests.ShouldBeEmpty();
    }

    [Fact(Timeout = 30_000)]
    public async Task No_connection_stays_open_after_its_delivery()
    {
        // Kept, lest the garbage collector closes what Dispose forgot; the pool itself closes what is idle for a minute.
        var deliveries = new List<WebhookDelivery>();
        await using var receiver = await WebhookReceiver.AnsweringAsync(200, body: "thanks");
        for (var i = 0; i < 20; i++)
        {
            deliveries.Add(new WebhookDelivery(To(receiver.Url), TimeProvider.System));
            (await deliveries[i].DeliverAsync(Attempt(), Ct)).Verdict.ShouldBe(DeliveryVerdict.Delivered);
        }

        deliveries.ForEach(d => d.Dispose());

        receiver.Connections.ShouldBe(deliveries.Count);
        await receiver.ConnectionsClosedAsync();
        GC.KeepAlive(deliveries);
    }

    [Fact(Timeout = 60_000)]
    public async Task No_connection_stays_open_after_a_cancelled_attempt()
    {
        var time = new ManualTime();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Socket accepted;
        using (var delivery = new WebhookDelivery(To(new Uri($"https://{silent.LocalEndpoint}/")), time))
        {
            var delivered = delivery.DeliverAsync(Attempt(), Ct);
            accepted = await silent.AcceptSocketAsync(Ct);
            time.Advance(Limit);
            (await delivered).Verdict.ShouldBe(DeliveryVerdict.Retry);
        }

        using (accepted)
            await UntilClosedAsync(accepted);
    }

    private static async Task UntilClosedAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, Ct) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // As closed as by an end.
        }
    }

    private static async Task ShouldBeTooLate(Task<DeliveryOutcome> delivered, string receiver, int seconds = 15)
    {
        var outcome = await delivered.WaitAsync(Ct);
        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Error.ShouldBe($"{receiver} did not answer, or not to the end, within {seconds} s");
    }
}
