using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Http.Machines;

namespace WgFleet.Http;

/// <summary>Whether the process lives (/healthz), and whether all its fleets can take clients (/readyz).</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Answer.Ok).For(Audience.Machines, Permission.Nothing);
        routes.MapGet("/readyz", Ready).For(Audience.Machines, Permission.Nothing);
    }

    private static Answer Ready(IReadOnlyDictionary<string, PeerSync> links)
    {
        var down = links.Where(l => !l.Value.Works).Select(l => l.Key).ToList();
        return down.Count == 0
            ? Answer.Ok
            : Answer.Detail(StatusCodes.Status503ServiceUnavailable, $"no WireGuard for fleet {string.Join(", ", down)}: the log says why");
    }
}
