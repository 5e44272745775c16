using WgFleet.Config;

namespace WgFleet.Fleets.State;

/// <summary>Why a fleet is frozen: no client is pruned, and clients keep the names they have.</summary>
/// <param name="Since">When it was frozen.</param>
/// <param name="By">Who froze it, or the phase with its end.</param>
internal sealed record Freeze(DateTimeOffset Since, string By)
{
    /// <summary>The freeze of a fleet that an operator may have frozen, and that may be in a phase; null if neither freezes it.</summary>
    public static Freeze? Of(Freeze? byOperator, Phase? phase) =>
        byOperator ?? (phase is { Freezes: true } ? new Freeze(phase.From, phase.Text) : null);

    /// <summary>Why no prune of a fleet can be allowed and what ends that, in a sentence; null if it is not frozen.</summary>
    public static string? Refusal(string fleet, Freeze? byOperator, Phase? phase) => (byOperator, phase) switch
    {
        (null, { Freezes: true }) => UntilEnd(fleet, phase),
        (not null, { Freezes: true }) => $"fleet '{fleet}' is frozen by {byOperator.By} and by {phase.Text}: no client is pruned before the phase has ended and the fleet was thawed, with wg-fleet fleets thaw {fleet}",
        (not null, _) => $"fleet '{fleet}' is frozen; thaw it first, with wg-fleet fleets thaw {fleet}",
        _ => null,
    };

    /// <summary>What only the end of a phase thaws, and how it ends earlier.</summary>
    public static string UntilEnd(string fleet, Phase phase) => $"fleet '{fleet}' is frozen by {phase.Text}; to end that earlier, change its phases in the configuration and reload";
}
