using System.Text.Json;
using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Events;

/// <summary>Converts events to rows of the event log and back.</summary>
internal static class EventJson
{
    public static EventRow ToRow(FleetEvent e) => new()
    {
        Seq = e.Sequence,
        Id = e.Id,
        Type = e.Type,
        Fleet = e.Fleet,
        Subject = SubjectOf(e),
        Time = e.Time.UtcDateTime,
        Data = (EventTypes.Of(e) ?? throw new ArgumentException($"no such event: {e.Type}", nameof(e))).Write(e).ToJson(),
    };

    /// <summary>The event of a row. A row that cannot be read is an <see cref="UnknownEvent"/>.</summary>
    public static FleetEvent FromRow(EventRow row)
    {
        try
        {
            return Read(row) ?? Unknown(row, "this version does not know its type");
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException or ArgumentException)
        {
            return Unknown(row, $"its data cannot be read: {e.Message}");
        }
    }

    /// <summary>Whether a text is one JSON value.</summary>
    public static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static FleetEvent? Read(EventRow row)
    {
        if (EventTypes.Find(row.Type) is not { } type)
            return null;

        var e = type.Read(EventData.Parse(row.Data), StampOf(row));

        // An event for one hook only is not new.
        return row.Hook is null ? e : e with { Replayed = true };
    }

    private static EventStamp StampOf(EventRow row) => new(row.Id, row.Seq, new DateTimeOffset(row.Time, TimeSpan.Zero));

    private static UnknownEvent Unknown(EventRow row, string problem) =>
        new(row.Type, row.Fleet, row.Subject, problem) { Stamp = StampOf(row) };

    /// <summary>The ordering key of a client's events; null for an event that is about no client.</summary>
    public static string? SubjectOf(FleetEvent e) =>
        e.Client is { } client ? $"fleets/{client.Fleet}/clients/{client.Address}" : (e as UnknownEvent)?.Subject;
}
