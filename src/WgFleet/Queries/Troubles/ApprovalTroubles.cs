using WgFleet.Access.Approvals;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Queries.Troubles;

/// <summary>Machines that wait until an operator lets them in, for each fleet.</summary>
internal static class ApprovalTroubles
{
    public static IEnumerable<Trouble> Of(Snapshot snapshot, ApprovalDesk approvals) => snapshot.Fleets.Where(f => f.Config.Approval != ApprovalPolicy.None).Select(fleet => Of(fleet.Config.Name, approvals)).OfType<Trouble>();

    private static Trouble? Of(string fleet, ApprovalDesk approvals)
    {
        var waiting = approvals.Of(fleet).Where(m => m.IsApproved is null).ToList();
        return waiting.Count == 0 ? null : new(
            TroubleKind.MachinesWaiting,
            Severity.Attention,
            $"{Quantity.Of(waiting.Count, "machine")} {(waiting.Count == 1 ? "waits" : "wait")} to be let in to {fleet}",
            $"Run 'wg-fleet approvals approve {fleet} KEY' or 'wg-fleet approvals refuse {fleet} KEY' for each of them; this lists their keys")
        {
            Since = waiting[0].AskedAt,
            Fleet = fleet,
            Command = $"wg-fleet approvals list {fleet}",
        };
    }
}
