using System.Security.Authentication;
using System.Text;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>A request could not be sent, for a reason of our own, such as a missing secret. The message is written for the operator.</summary>
internal sealed class WebhookException(string message) : Exception(message)
{
    private const int LongestLine = 300;

    /// <summary>
    /// Describes a failed attempt in one line. It names only the receiver's host and port: the path of a webhook is often a
    /// secret, and everybody who may see the dashboard sees its errors.
    /// </summary>
    public static string Describe(Exception exception, string receiver)
    {
        var causes = new List<Exception>();
        for (var e = exception; e is not null; e = e.InnerException)
            causes.Add(e);

        return OneLine(
            causes.OfType<WebhookException>().FirstOrDefault() is { } ours ? ours.Message
            : causes.OfType<AuthenticationException>().LastOrDefault() is { } tls ? $"TLS with {receiver} failed: {tls.Message}"
            : $"{receiver}: {causes[^1].Message}");
    }

    /// <summary>Makes text that may come from a receiver safe for a log: one line, no control characters, limited length.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text.Length > LongestLine ? text.AsSpan(0, LongestLine) : text)
            line.Append(PlainText.IsHidden(c) ? ' ' : c);

        return line.ToString();
    }
}
