using System.Text.Json;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.Live;

/// <summary>A row that a viewer has, with what they were last told of it.</summary>
internal sealed class ShownRow(RegisteredClient member)
{
    private (bool IsOnline, DateTimeOffset Seen, DateTimeOffset? Handshake, long Received, long Sent)? _told;

    public RegisteredClient RegisteredClient => member;

    /// <summary>Whether there is something to tell; the same question again says no.</summary>
    public bool HasChanged(DateTimeOffset now)
    {
        var activity = member.Liveness;
        var present = (activity.IsOnline(now), activity.LastSeen, activity.LastHandshake, activity.ReceivedBytes, activity.SentBytes);
        if (_told == present)
            return false;

        _told = present;
        return true;
    }

    /// <summary>The row, cell by cell, as the script takes it.</summary>
    public void Write(Utf8JsonWriter json, DateTimeOffset now)
    {
        var line = ClientTableRow.Of(member, now);
        json.WriteStartArray();
        json.WriteNumberValue(line.Id);
        json.WriteBooleanValue(line.Online);
        json.WriteStringValue(line.Hostname);
        json.WriteStringValue(line.Address);
        json.WriteStringValue(line.PublicKey);
        json.WriteStringValue(line.Source);
        json.WriteStringValue(line.Registered.Time);
        json.WriteStringValue(line.Seen.Time);
        json.WriteStringValue(line.Handshake?.Time);
        json.WriteStringValue(line.Received);
        json.WriteStringValue(line.Sent);
        json.WriteBooleanValue(line.Pinned);
        json.WriteEndArray();
    }
}
