using System.Collections.ObjectModel;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Events;

/// <summary>Converts events to rows of the event log and back.</summary>
internal static class EventJson
{
    // Keys in base64 stay readable. The JSON goes into files and requests, never into HTML.
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
        if (!EventTypes.All.Contains(row.Type))
            return null;

        var data = JsonSerializer.Deserialize(row.Data, Context.EventData) ?? throw new JsonException("null");
        var time = new DateTimeOffset(row.Time, TimeSpan.Zero);
        FleetEvent? e = row.Type switch
        {
            EventTypes.Startup => new StartupEvent(data.Version ?? "") { Id = row.Id, Sequence = row.Seq, Time = time },
            EventTypes.ClientAdded => new ClientAdded(data.ToClient()) { Id = row.Id, Sequence = row.Seq, Time = time, Restored = data.Restored ?? false },
            EventTypes.ClientHostnameChanged =>
                new ClientHostnameChanged(data.ToClient(), data.Previous) { Id = row.Id, Sequence = row.Seq, Time = time },
            EventTypes.ClientRemoved => new ClientRemoved(data.ToClient(), data.Reason ?? "") { Id = row.Id, Sequence = row.Seq, Time = time },
            EventTypes.ClientOnline => new ClientOnline(data.ToClient()) { Id = row.Id, Sequence = row.Seq, Time = time },
            EventTypes.ClientOffline => new ClientOffline(data.ToClient(), data.LastSeen ?? time) { Id = row.Id, Sequence = row.Seq, Time = time },
            _ => null,
        };

        // Made for one hook alone: not something that has just happened.
        return row.Hook is null || e is null ? e : e with { Replayed = true };
    }

    private static UnknownEvent Unknown(EventRow row, string problem) =>
        new(row.Type, row.Fleet, row.Subject, problem) { Id = row.Id, Sequence = row.Seq, Time = new DateTimeOffset(row.Time, TimeSpan.Zero) };

    /// <summary>The ordering key of a client's events; null for an event that is about no client.</summary>
    public static string? SubjectOf(FleetEvent e) =>
        e.Client is { } client ? $"fleets/{client.Fleet}/clients/{client.Address}" : (e as UnknownEvent)?.Subject;

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

/// <summary>The JSON in the data column of an event.</summary>
internal sealed record EventData
{
    public ClientData? Client { get; init; }

    public bool? Restored { get; init; }

    public string? Previous { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    public string? Version { get; init; }

    public Client ToClient() => (Client ?? throw new JsonException("the client is missing")).ToClient();
}

/// <summary>A client in the JSON of an event.</summary>
internal sealed record ClientData(
    string Fleet, string Ip, string? Hostname, string? Fqdn, string PublicKey, string RequestAddress, DateTimeOffset RegisteredAt,
    IReadOnlyDictionary<string, string>? Tags = null)
{
    public static ClientData From(Client c) =>
        new(c.Fleet, c.Address.ToString(), c.Hostname, c.Fqdn, c.PublicKey, c.RequestAddress, c.RegisteredAt, c.Tags.Count == 0 ? null : c.Tags);

    public Client ToClient() => new(Fleet, IPAddress.Parse(Ip), Hostname, Fqdn, PublicKey, RequestAddress, RegisteredAt)
    {
        Tags = Tags ?? ReadOnlyDictionary<string, string>.Empty,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventData))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
