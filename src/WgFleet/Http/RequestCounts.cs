using System.Diagnostics.Metrics;
using WgFleet.Fleets;
using WgFleet.Metrics;

namespace WgFleet.Http;

/// <summary>Counts the requests of machines by fleet and outcome, whatever has answered them.</summary>
internal static class RequestCounts
{
    /// <summary>Ahead of everything that may answer: counts the requests whose route carries a counter.</summary>
    public static void UseRequestCounts(this WebApplication app) => app.Use(async (context, next) =>
    {
        await next(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<Counter<long>>() is { } counter)
            FleetMeter.Answered(counter, Fleet(context), context.Response.StatusCode);
    });

    // A path may hold any name; a label must not.
    private static string Fleet(HttpContext context) =>
        context.Request.RouteValues["fleet"] is string name && context.RequestServices.GetRequiredService<ClientRegistry>().Current.Fleet(name) is not null
            ? name
            : "";
}
