using WgFleet.Access;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Queries.Troubles;
using WgFleet.Store.Engine;

namespace WgFleet.Http;

/// <summary>Whether the process answers (/healthz), and whether machines can register in all fleets and all parts work (/readyz).</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Answer.Ok).RequireNothing();
        routes.MapGet("/readyz", Ready).RequireNothing();
    }

    private static Answer Ready(Func<Snapshot> current, FleetHealth health, Supervisor supervisor, Database database)
    {
        List<string> troubles =
        [
            .. database.Fence?.Trouble is { } trouble ? [trouble] : Array.Empty<string>(),
            .. current().Fleets.Select(f => FleetTroubles.OfState(f.Config.Name, health.Of(f.Config.Name))).Where(t => t?.Kind == TroubleKind.FleetDown).Select(t => t!.Sentence),
            .. ServerTroubles.OfParts(supervisor).Select(t => $"{t.What} since {Utc.Text(t.Since)}: {t.Why}"),
        ];
        return troubles.Count == 0 ? Answer.Ok : Answer.Detail(StatusCodes.Status503ServiceUnavailable, string.Join("; ", troubles));
    }
}
