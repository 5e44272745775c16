using WgFleet.Config;

namespace WgFleet.Http.Api;

/// <summary>A phase of a fleet's time-table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">When it begins.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Freezes">Whether no client is pruned and no name changes.</param>
/// <param name="ClosesEnrollment">Whether no new machine can join.</param>
internal sealed record PhaseInfo(string Name, DateTimeOffset From, DateTimeOffset Until, bool Freezes, bool ClosesEnrollment)
{
    public static PhaseInfo? Of(Phase? phase) => phase is null ? null : new(phase.Name, phase.From, phase.Until, phase.Freezes, phase.ClosesEnrollment);
}
