using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WgFleet.Hooks.Projections.Streaming;

/// <summary>Writes the state of all fleets as a line for a program: the whole state, or the changes since an earlier one. See docs/stream.md.</summary>
internal static class StateLines
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole state.</summary>
    /// <param name="id">The line's id.</param>
    /// <param name="state">The state.</param>
    /// <param name="clients">Its clients, in order.</param>
    public static ReadOnlyMemory<byte> Whole(string id, FleetState state, IReadOnlyList<Client> clients) => Write(json =>
    {
        Head(json, "state", id, null, state);
        Clients(json, "clients", clients);
    });

    /// <summary>The changes. Removing the removed clients, and then replacing or appending each changed one, gives the state.</summary>
    /// <param name="id">The line's id.</param>
    /// <param name="since">The id of the line with the earlier state.</param>
    /// <param name="state">The state.</param>
    /// <param name="clients">Its clients, in order.</param>
    /// <param name="before">The clients of the earlier one, by fleet and address.</param>
    public static ReadOnlyMemory<byte> Changes(
        string id, string since, FleetState state, IReadOnlyList<Client> clients, IReadOnlyDictionary<(string, System.Net.IPAddress), Client> before) => Write(json =>
    {
        // A client with the address of a removed one is removed and added, because its place is at the end.
        var now = clients.ToDictionary(c => (c.Fleet, c.Address), c => c.PublicKey);
        Head(json, "changes", id, since, state);
        json.WriteStartArray("removed"u8);
        foreach (var gone in before.Values.Where(c => now.GetValueOrDefault((c.Fleet, c.Address)) != c.PublicKey))
        {
            json.WriteStartObject();
            json.WriteString("fleet"u8, gone.Fleet);
            json.WriteString("ip"u8, gone.Address.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Clients(json, "changed", clients.Where(c => !(before.TryGetValue((c.Fleet, c.Address), out var former) && former.Equals(c))));
    });

    private static void Head(Utf8JsonWriter json, string type, string id, string? since, FleetState state)
    {
        json.WriteString("type"u8, type);
        json.WriteString("id"u8, id);
        if (since is not null)
            json.WriteString("since"u8, since);

        json.WriteNumber("sequence"u8, state.Sequence);
        json.WriteString("domain"u8, state.Domain);
        json.WriteStartArray("fleets"u8);
        foreach (var fleet in state.Fleets)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, fleet.Name);
            json.WriteString("interface"u8, fleet.Interface);
            json.WriteString("gateway"u8, fleet.GatewayAddress.ToString());
            json.WriteString("subnet"u8, fleet.Subnet.ToString());
            json.WriteNumber("port"u8, fleet.Port);
            if (fleet is { Gateway4: { } gateway4, Subnet4: { } subnet4 })
            {
                json.WriteString("gateway4"u8, gateway4.ToString());
                json.WriteString("subnet4"u8, subnet4.ToString());
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Clients(Utf8JsonWriter json, string name, IEnumerable<Client> clients)
    {
        json.WriteStartArray(name);
        foreach (var client in clients)
            ClientData.From(client).WriteTo(json);

        json.WriteEndArray();
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
