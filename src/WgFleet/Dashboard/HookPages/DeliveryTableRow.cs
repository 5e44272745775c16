using WgFleet.Dashboard.Formatting;
using WgFleet.Hooks;

namespace WgFleet.Dashboard.HookPages;

/// <summary>One delivery of an event to a hook, as pages show it.</summary>
/// <param name="Seq">The event's number.</param>
/// <param name="Event">The event's type.</param>
/// <param name="Subject">The client that the event is about.</param>
/// <param name="State">done, pending or dead.</param>
/// <param name="Attempts">The number of attempts.</param>
/// <param name="Code">The HTTP status or exit code of the last attempt.</param>
/// <param name="TookMs">How long the last attempt took.</param>
/// <param name="Error">The last error.</param>
/// <param name="Response">The beginning of the receiver's response.</param>
/// <param name="Ended">When the last attempt ended.</param>
internal sealed record DeliveryTableRow(
    long Seq, string Event, string Subject, string State, int Attempts, string Code, long TookMs, string? Error, string? Response, DisplayTime? Ended)
{
    public static DeliveryTableRow Of(DeliveryInfo delivery, DateTimeOffset now) => new(
        delivery.Seq,
        delivery.Event ?? "(no longer kept)",
        delivery.Subject ?? "",
        delivery.State,
        delivery.Attempts,
        delivery.Code ?? "-",
        (long)Math.Round(delivery.TookSeconds * 1000),
        Excerpt.Of(delivery.Error),
        Excerpt.Of(delivery.Response),
        delivery.EndedAt is { } at ? DisplayTime.Of(at, now) : null);
}
