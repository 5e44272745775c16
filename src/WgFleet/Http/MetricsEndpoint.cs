using System.Net;
using WgFleet.Config;
using WgFleet.Metrics;

namespace WgFleet.Http;

/// <summary>The metrics in the text format of Prometheus, for those who may see them; for all others there is no such page.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", (HttpContext context, ServerConfig config, MetricsCollector metrics) =>
        IsAllowed(context, config.MetricsAllow)
            ? Results.Text(metrics.Text(), PrometheusText.ContentType)
            : Answer.Detail(StatusCodes.Status404NotFound, "Not Found"));

    // A proxy on this machine is as near as Prometheus itself, so whom it speaks for must be allowed too.
    private static bool IsAllowed(HttpContext context, IReadOnlyList<IPNetwork> allow) =>
        IsIn(context.Connection.RemoteIpAddress, allow)
        && (!context.Request.Headers.ContainsKey("X-Forwarded-For") || (IPAddress.TryParse(SourceAddress.Of(context).Text, out var source) && IsIn(source, allow)));

    private static bool IsIn(IPAddress? address, IReadOnlyList<IPNetwork> allow) =>
        address is not null && allow.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
}
