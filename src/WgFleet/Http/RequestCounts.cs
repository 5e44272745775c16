using System.Diagnostics.Metrics;
using WgFleet.Fleets;
using WgFleet.Metrics;

namespace WgFleet.Http;

/// <summary>Counts the requests of machines by fleet and status, whichever part has answered them.</summary>
internal static class RequestCounts
{
    /// <summary>Runs before everything that may answer; counts requests whose route has a counter.</summary>
    public static void UseRequestCounts(this WebApplication app) => app.Use(async (context, next) =>
    {
        await next(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<Counter<long>>() is { } counter)
            FleetMeter.Answered(counter, Fleet(context), context.Response.StatusCode);
    });

    // A path may hold any name; the values of a metric's label must be few.
    private static string Fleet(HttpContext context) =>
        context.Request.RouteValues["fleet"] is string name && context.RequestServices.GetRequiredService<ClientRegistry>().Current.Fleet(name) is not null
            ? name
            : "";
}
