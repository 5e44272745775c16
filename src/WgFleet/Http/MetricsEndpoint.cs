using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Metrics;

namespace WgFleet.Http;

/// <summary>The metrics in the text format of Prometheus, for callers from metrics_allow or with a token; for all others the path does not exist.</summary>
internal static class MetricsEndpoint
{
    // Metrics name no client, so callers from the configured networks need no token.
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", MetricsAsync).Require(Audience.Machines, Permission.None);

    private static async Task<IResult> MetricsAsync(HttpContext context, ServerConfig config, MetricsCollector metrics, CallerAuthenticator authenticator) =>
        config.MetricsAllow.ContainsCaller(context) || await authenticator.RecognizeAsync(context) is { AuthMethod: AuthMethod.Token }
            ? Results.Text(metrics.Text(), PrometheusText.ContentType)
            : Answer.Detail(StatusCodes.Status404NotFound, "Not Found");
}
