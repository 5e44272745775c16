using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Events;

/// <summary>Events as rows of the log, and back.</summary>
internal static class EventJson
{
    // Base64 keys stay readable; the JSON goes to files and wires, never into HTML.
    private static readonly EventJsonContext Context =
        new(new JsonSerializerOptions(EventJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static EventRow ToRow(FleetEvent e) => new()
    {
        Seq = e.Sequence,
        Id = e.Id,
        Type = e.Type,
        Fleet = e.Client?.Fleet,
        Subject = SubjectOf(e),
        Time = e.Time.UtcDateTime,
        Data = JsonSerializer.Serialize(DataOf(e), Context.EventData),
    };

    /// <exception cref="JsonException">The row is not one of ours.</exception>
    public static FleetEvent FromRow(EventRow row)
    {
        var data = JsonSerializer.Deserialize(row.Data, Context.EventData) ?? throw new JsonException("null");
        var time = new DateTimeOffset(row.Time, TimeSpan.Zero);
        FleetEvent e = row.Type switch
        {
            EventTypes.Startup => new StartupEvent(data.Version ?? "") { Id = row.Id, Sequence = row.Seq, Time = time },
            EventTypes.ClientAdded => new ClientAdded(data.ToClient()) { Id = row.Id, Sequence = row.Seq, Time = time, Restored = data.Restored ?? false },
            EventTypes.ClientHostnameChanged =>
                new ClientHostnameChanged(data.ToClient(), data.Previous) { Id = row.Id, Sequence = row.Seq, Time = time },
            EventTypes.ClientRemoved => new ClientRemoved(data.ToClient(), data.Reason ?? "") { Id = row.Id, Sequence = row.Seq, Time = time },
            EventTypes.ClientOnline => new ClientOnline(data.ToClient()) { Id = row.Id, Sequence = row.Seq, Time = time },
            EventTypes.ClientOffline => new ClientOffline(data.ToClient(), data.LastSeen ?? time) { Id = row.Id, Sequence = row.Seq, Time = time },
            _ => throw new JsonException($"event {row.Seq} has the unknown type {row.Type}"),
        };

        // Made for one hook alone: not something that has just happened.
        return row.Hook is null ? e : e with { Replayed = true };
    }

    /// <summary>The ordering key of a client's events; null for what is about no client.</summary>
    public static string? SubjectOf(FleetEvent e) => e.Client is { } client ? $"fleets/{client.Fleet}/clients/{client.Address}" : null;

    private static EventData DataOf(FleetEvent e) => e switch
    {
        StartupEvent startup => new EventData { Version = startup.Version },
        ClientAdded added => new EventData { Client = ClientData.From(added.Client), Restored = added.Restored ? true : null },
        ClientHostnameChanged changed => new EventData { Client = ClientData.From(changed.Client), Previous = changed.Previous },
        ClientRemoved removed => new EventData { Client = ClientData.From(removed.Client), Reason = removed.Reason },
        ClientOnline online => new EventData { Client = ClientData.From(online.Client) },
        ClientOffline offline => new EventData { Client = ClientData.From(offline.Client), LastSeen = offline.LastSeen },
        _ => throw new ArgumentException($"no such event: {e.Type}", nameof(e)),
    };
}

/// <summary>What the column data of an event holds.</summary>
internal sealed record EventData
{
    public ClientData? Client { get; init; }

    public bool? Restored { get; init; }

    public string? Previous { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    public string? Version { get; init; }

    public Client ToClient() => (Client ?? throw new JsonException("an event of a client without the client")).ToClient();
}

/// <summary>A client in an event, as every receiver sees it.</summary>
internal sealed record ClientData(
    string Fleet, string Ip, string? Hostname, string? Fqdn, string PublicKey, string RequestAddress, DateTimeOffset RegisteredAt,
    IReadOnlyDictionary<string, string>? Tags = null)
{
    public static ClientData From(Client c) =>
        new(c.Fleet, c.Address.ToString(), c.Hostname, c.Fqdn, c.PublicKey, c.RequestAddress, c.RegisteredAt, c.Tags.Count == 0 ? null : c.Tags);

    public Client ToClient() => new(Fleet, IPAddress.Parse(Ip), Hostname, Fqdn, PublicKey, RequestAddress, RegisteredAt)
    {
        Tags = Tags ?? Fleets.State.Tags.None,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventData))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
