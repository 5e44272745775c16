using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Events;

/// <summary>
/// An event with the JSON that is stored. The body for programs and webhooks is made from that JSON, once for all hooks and
/// attempts.
/// </summary>
internal sealed class StoredEvent(FleetEvent fleetEvent, string data)
{
    private byte[]? _envelope;

    public FleetEvent Event => fleetEvent;

    public long Sequence => fleetEvent.Sequence;

    public static StoredEvent Of(EventRow row) => new(EventJson.FromRow(row), row.Data);

    /// <summary>An event that is not in the log: of a test, or for one hook only.</summary>
    public static StoredEvent Of(FleetEvent fleetEvent) => new(fleetEvent, EventJson.ToRow(fleetEvent).Data);

    /// <summary>The event marked as replayed.</summary>
    public StoredEvent AsReplayed() => fleetEvent.Replayed ? this : new(fleetEvent with { Replayed = true }, data);

    /// <summary>The event as receivers get it, see <see cref="EventEnvelope"/>.</summary>
    /// <param name="domain">The domain of all names, always the same.</param>
    public ReadOnlyMemory<byte> Envelope(string domain) => _envelope ??= EventEnvelope.Write(fleetEvent, data, domain);
}
