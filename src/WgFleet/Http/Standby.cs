using System.Globalization;
using System.Net;
using System.Text;
using WgFleet.Access;
using WgFleet.Metrics;

namespace WgFleet.Http;

/// <summary>What a gateway answers while another one holds the lease: that it stands by, and that the request may be sent again soon.</summary>
internal static class Standby
{
    /// <summary>Answers every request.</summary>
    /// <param name="app">The application.</param>
    /// <param name="text">Says which gateway holds the lease, in one line.</param>
    /// <param name="metrics">The metrics.</param>
    /// <param name="metricsAllow">The networks that may read them.</param>
    public static void AnswerAsStandby(this WebApplication app, Func<string> text, MetricsCollector metrics, IReadOnlyList<IPNetwork> metricsAllow)
    {
        app.UseSourceAddress();
        app.UseSecurityHeaders();
        app.Run(context =>
        {
            // The next request is to meet whoever has the address then.
            context.Response.Headers.Connection = "close";
            return context.Request.Path.Value switch
            {
                "/healthz" => Answer.Json(StatusCodes.Status200OK, """{"status":"standby"}""").ExecuteAsync(context),
                "/metrics" when metricsAllow.ContainsCaller(context) => Results.Text(metrics.Text(), PrometheusText.ContentType).ExecuteAsync(context),
                _ => RefuseAsync(context, text()),
            };
        });
    }

    private static Task RefuseAsync(HttpContext context, string text)
    {
        // Machines that wait must not come back together.
        context.Response.Headers.RetryAfter = Random.Shared.Next(2, 6).ToString(CultureInfo.InvariantCulture);
        var answer = context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
            ? new Answer(
                StatusCodes.Status503ServiceUnavailable,
                Encoding.UTF8.GetBytes($$"""{"type":"about:blank","title":"Service Unavailable","status":503,"detail":{{Answer.Quote(text)}}}"""),
                "application/problem+json")
            : Answer.Detail(StatusCodes.Status503ServiceUnavailable, text);
        return answer.ExecuteAsync(context);
    }
}
