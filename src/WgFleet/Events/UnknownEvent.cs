using WgFleet.Hooks;

namespace WgFleet.Events;

/// <summary>
/// A row of the event log that this program cannot read: a newer version wrote its type, or its data is
/// damaged. It is shown as it is, and no hook gets it.
/// </summary>
/// <param name="StoredType">The row's type.</param>
/// <param name="Fleet">The row's fleet; null for none.</param>
/// <param name="Subject">The row's ordering key; null for none.</param>
/// <param name="Problem">Why it cannot be read.</param>
internal sealed record UnknownEvent(string StoredType, string? Fleet, string? Subject, string Problem) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type => StoredType;

    /// <inheritdoc/>
    public override Client? Client => null;

    /// <inheritdoc/>
    public override string? Fleet { get; } = Fleet;
}
