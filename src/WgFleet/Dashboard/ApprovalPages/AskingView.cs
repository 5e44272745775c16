using WgFleet.Config;
using WgFleet.Dashboard.Formatting;
using WgFleet.Fleets.Naming;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Approvals;

namespace WgFleet.Dashboard.ApprovalPages;

/// <summary>A machine that waits for an operator, or was refused, as the page shows it.</summary>
/// <param name="Key">Its public key.</param>
/// <param name="Seat">The seat that it seems to belong on; null if there is none.</param>
/// <param name="Source">Where its first request came from.</param>
/// <param name="Asked">When it first asked.</param>
/// <param name="Facts">What it says of itself, by name, in the usual order.</param>
/// <param name="RefusedBy">Who refused it; null while it waits.</param>
internal sealed record AskingView(string Key, string? Seat, string Source, DisplayTime Asked, IReadOnlyList<(string Name, string Value)> Facts, string? RefusedBy)
{
    /// <summary>Facts that say nothing to people.</summary>
    private static readonly string[] Hidden = [Store.Facts.Identity, Store.Facts.SshHostKey, "machine_id"];

    public static AskingView Of(AskingMachine machine, Roster? roster, DateTimeOffset now) => new(
        machine.Key.ToString(),
        roster is null ? null : SeatMatch.OfNew(machine.Key, machine.Facts, roster)?.Name,
        PlainText.Of(machine.Source),
        DisplayTime.Of(machine.AskedAt, now),
        [.. Store.Facts.Names.Except(Hidden).Where(machine.Facts.ContainsKey).Select(n => (n.Replace('_', ' '), machine.Facts[n]))],
        machine.IsApproved == false ? machine.DecidedBy : null);
}
