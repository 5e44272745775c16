using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Http.Machines;
using WgFleet.Metrics;

namespace WgFleet.Http;

/// <summary>The metrics in the text format of Prometheus, for those who may see them; for all others there is no such page.</summary>
internal static class MetricsEndpoint
{
    // They name no client, so whom the configuration lets in needs no token; a token does as well.
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", MetricsAsync).For(Audience.Machines, Permission.Nothing);

    private static async Task<IResult> MetricsAsync(HttpContext context, ServerConfig config, MetricsCollector metrics, CallerAuthenticator doorkeeper) =>
        config.MetricsAllow.Holds(context) || await doorkeeper.RecognizeAsync(context) is { AuthMethod: AuthMethod.Token }
            ? Results.Text(metrics.Text(), PrometheusText.ContentType)
            : Answer.Detail(StatusCodes.Status404NotFound, "Not Found");
}
