using WgFleet.Fleets.State;

namespace WgFleet.Http.Api;

/// <summary>The state of a fleet after it was frozen or thawed.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Changed">False if it was in that state already.</param>
/// <param name="Frozen">Absent if it is not frozen.</param>
internal sealed record FreezeResponse(string Fleet, bool Changed, FrozenInfo? Frozen);

/// <summary>Since when a fleet is frozen, and who did it: an operator, or a phase of its time-table, with its end.</summary>
internal sealed record FrozenInfo(DateTimeOffset Since, string By)
{
    public static FrozenInfo? Of(Freeze? freeze) => freeze is null ? null : new(freeze.Since, freeze.By);
}
