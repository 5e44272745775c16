using WgFleet.Config;

namespace WgFleet.Fleets.State;

/// <summary>Why a fleet is frozen: no client is pruned, and clients keep the names they have.</summary>
/// <param name="Since">When it was frozen.</param>
/// <param name="By">Who froze it.</param>
internal sealed record Freeze(DateTimeOffset Since, string By)
{
    /// <summary>The freeze of a fleet that an operator may have frozen, and that may be in a phase; null if neither freezes it.</summary>
    public static Freeze? Of(Freeze? byOperator, Phase? phase) =>
        byOperator ?? (phase is { Freezes: true } ? new Freeze(phase.From, $"the phase {phase.Name}") : null);
}
