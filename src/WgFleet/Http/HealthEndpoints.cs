using WgFleet.Access;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Http;

/// <summary>Whether the process answers (/healthz), and whether machines can register in all fleets and all parts work (/readyz).</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Answer.Ok).RequireNothing();
        routes.MapGet("/readyz", Ready).RequireNothing();
    }

    private static Answer Ready(Func<Snapshot> current, FleetHealth health, Supervisor supervisor)
    {
        List<string> troubles =
        [
            .. current().Fleets.Select(f => (f.Config.Name, Status: health.Of(f.Config.Name))).Where(f => f.Status.State == FleetCondition.Down)
                .Select(f => $"fleet {f.Name} is down: {f.Status.Reason}"),
            .. supervisor.Parts.Where(p => p.IsFailing).Select(p => $"{p.Name} is failing since {Utc.Text(p.FailingSince)}: {p.Reason}"),
        ];
        return troubles.Count == 0 ? Answer.Ok : Answer.Detail(StatusCodes.Status503ServiceUnavailable, string.Join("; ", troubles));
    }
}
