using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Metrics;

namespace WgFleet.Http;

/// <summary>The metrics in the text format of Prometheus, for those who may see them; for all others there is no such page.</summary>
internal static class MetricsEndpoint
{
    // They name no client, so whom the configuration lets in needs no token; a token does as well.
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", MetricsAsync).For(Audience.Machines, Need.Nothing);

    private static async Task<IResult> MetricsAsync(HttpContext context, ServerConfig config, MetricsCollector metrics, Doorkeeper doorkeeper) =>
        config.MetricsAllow.Holds(context) || await doorkeeper.RecognizeAsync(context) is { Way: Way.Token }
            ? Results.Text(metrics.Text(), PrometheusText.ContentType)
            : Answer.Detail(StatusCodes.Status404NotFound, "Not Found");
}
