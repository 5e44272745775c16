using System.Security.Authentication;
using System.Text;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>An attempt at a webhook was not to be made; the message is the sentence the operator reads.</summary>
internal sealed class WebhookException(string message) : Exception(message)
{
    private const int LongestLine = 300;

    /// <summary>
    /// What went wrong with an attempt, in one line. It names the receiver by host and port only: paths of webhooks often are
    /// secrets, and whoever sees the dashboard sees errors.
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

    /// <summary>Text that may hold what a receiver sent, made fit for a log.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text.Length > LongestLine ? text.AsSpan(0, LongestLine) : text)
            line.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c);

        return line.ToString();
    }
}
