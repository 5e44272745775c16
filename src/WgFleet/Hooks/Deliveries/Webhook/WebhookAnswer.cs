using System.Globalization;
using System.Net;
using System.Text;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>Reads a receiver's response and decides what happens to the delivery.</summary>
internal static class WebhookAnswer
{
    /// <summary>How many bytes of a response's body are kept.</summary>
    public const int Head = 1024;

    /// <summary>The longest wait that a receiver can ask for by Retry-After.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    public static async Task<DeliveryOutcome> ReadAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var verdict = status switch
        {
            >= 200 and < 300 => DeliveryVerdict.Delivered,
            (int)HttpStatusCode.Gone => DeliveryVerdict.Gone,
            _ => DeliveryVerdict.Retry,
        };

        return new DeliveryOutcome(verdict)
        {
            Code = Code(response),
            Response = await HeadAsync(response.Content, cancellationToken),
            Error = verdict switch
            {
                DeliveryVerdict.Delivered => null,
                DeliveryVerdict.Gone => "the receiver answered 410 Gone: it wants no more events",
                _ when status is >= 300 and < 400 => Redirected(response),
                _ => WebhookException.OneLine($"the receiver answered {status} {response.ReasonPhrase}".TrimEnd()),
            },
            RetryAfter = verdict == DeliveryVerdict.Retry ? RetryAfter(response, now) : null,
        };
    }

    public static string Code(HttpResponseMessage response) => ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);

    private static string Redirected(HttpResponseMessage response)
    {
        // The path is left out, because it may be a secret: see WebhookException.Describe.
        var to = response.Headers.Location is { IsAbsoluteUri: true } location ? location.GetLeftPart(UriPartial.Authority) : "another path";
        return WebhookException.OneLine($"the receiver answered {Code(response)}, a redirect to {to}, which is not followed: set the hook's url to that address if events should go there");
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        var wait = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - now : null;
        if (wait is not { } asked)
            return null;

        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked > LongestRetryAfter ? LongestRetryAfter : asked;
    }

    private static async Task<string> HeadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        // Read one byte more than is kept, to see the end of a body that just fits: then the connection can be used again.
        var buffer = new byte[Head + 1];
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);

        // A character that the limit cuts in two is left out.
        var chars = new char[Encoding.UTF8.GetMaxCharCount(Head)];
        var decoded = Encoding.UTF8.GetDecoder().GetChars(buffer.AsSpan(0, Math.Min(length, Head)), chars, flush: length <= Head);
        return new string(chars, 0, decoded);
    }
}
