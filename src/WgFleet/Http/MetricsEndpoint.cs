using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Hooks.Admin;
using WgFleet.Metrics;

namespace WgFleet.Http;

/// <summary>The metrics in the text format of Prometheus, for callers from metrics_allow or with a token; for all others the path does not exist.</summary>
internal static class MetricsEndpoint
{
    // Metrics name no client, so callers from the configured networks need no token.
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", MetricsAsync).Require(Audience.Machines, Permission.None);

    private static async Task<IResult> MetricsAsync(HttpContext context, ServerConfig config, MetricsCollector metrics, HookGauges hooks, CallerAuthenticator authenticator)
    {
        if (!config.MetricsAllow.ContainsCaller(context) && await authenticator.RecognizeAsync(context) is not { AuthMethod: AuthMethod.Token })
            return Answer.Detail(StatusCodes.Status404NotFound, "Not Found");

        await hooks.RefreshAsync();
        return Results.Text(metrics.Text(), PrometheusText.ContentType);
    }
}
