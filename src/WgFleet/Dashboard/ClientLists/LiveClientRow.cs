using System.Text.Json;
using WgFleet.Dashboard.ClientPages;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.ClientLists;

/// <summary>A row of an open client list, with what its viewer was sent last.</summary>
internal sealed class LiveClientRow(RegisteredClient client)
{
    private (bool IsOnline, DateTimeOffset Seen, DateTimeOffset? Handshake, long Received, long Sent)? _sent;

    public RegisteredClient Client => client;

    /// <summary>Whether the row has changed since this was last called.</summary>
    public bool TakeChange(DateTimeOffset now)
    {
        var liveness = client.Liveness;
        var present = (liveness.IsOnline(now), liveness.LastSeen, liveness.LastHandshake, liveness.ReceivedBytes, liveness.SentBytes);
        if (_sent == present)
            return false;

        _sent = present;
        return true;
    }

    /// <summary>Writes the cells in the order in which site.js reads them.</summary>
    public void Write(Utf8JsonWriter json, DateTimeOffset now)
    {
        var row = ClientTableRow.Of(client, now);
        json.WriteStartArray();
        json.WriteNumberValue(row.Id);
        json.WriteBooleanValue(row.Online);
        json.WriteStringValue(row.Hostname);
        json.WriteStringValue(row.Address);
        json.WriteStringValue(row.PublicKey);
        json.WriteStringValue(row.Source);
        json.WriteStringValue(row.Registered.Time);
        json.WriteStringValue(row.Seen.Time);
        json.WriteStringValue(row.Handshake?.Time);
        json.WriteStringValue(row.Received);
        json.WriteStringValue(row.Sent);
        json.WriteBooleanValue(row.Pinned);
        json.WriteStringValue(row.Fleet);
        json.WriteEndArray();
    }
}
