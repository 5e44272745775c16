using System.Collections.ObjectModel;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WgFleet.Hooks;

/// <summary>
/// The data of an event as JSON: the data column of the event log, and <c>data</c> in the body that receivers get. One class for all types;
/// each type sets the members that it has.
/// </summary>
internal sealed record EventData
{
    // Keys in base64 stay readable. The JSON goes into files and requests, never into HTML.
    private static readonly EventDataContext Context =
        new(new JsonSerializerOptions(EventDataContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public ClientData? Client { get; init; }

    public bool? Restored { get; init; }

    public string? Fleet { get; init; }

    public string? Previous { get; init; }

    public string? Reason { get; init; }

    public string? Phase { get; init; }

    public DateTimeOffset? Until { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    public string? Version { get; init; }

    public string? Token { get; init; }

    public string? Hook { get; init; }

    public IReadOnlyDictionary<string, string>? PreviousTags { get; init; }

    public string? Detail { get; init; }

    public FleetOperator? Operator { get; init; }

    public IReadOnlyList<string>? Endpoints { get; init; }

    public IReadOnlyList<string>? Identities { get; init; }

    public string? Gateway { get; init; }

    public long? Epoch { get; init; }

    /// <exception cref="JsonException">It is not a JSON object.</exception>
    public static EventData Parse(string json) => JsonSerializer.Deserialize(json, Context.EventData) ?? throw new JsonException("null");

    /// <summary>The client.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    /// <exception cref="FormatException">Its address is invalid.</exception>
    public Client ToClient() => (Client ?? throw new JsonException("the client is missing")).ToClient();

    public string ToJson() => JsonSerializer.Serialize(this, Context.EventData);
}

/// <summary>A client in the JSON of an event.</summary>
internal sealed record ClientData(
    string Fleet, string Ip, string? Hostname, string? Fqdn, string PublicKey, string RequestAddress, DateTimeOffset RegisteredAt,
    IReadOnlyDictionary<string, string>? Tags = null, IReadOnlyDictionary<string, string>? Facts = null, string? Ip4 = null)
{
    public static ClientData From(Client c) =>
        new(c.Fleet, c.Address.ToString(), c.Hostname, c.Fqdn, c.PublicKey, c.RequestAddress, c.RegisteredAt, c.Tags.Count == 0 ? null : c.Tags, c.Facts.Count == 0 ? null : c.Facts, c.Address4?.ToString());

    /// <exception cref="JsonException">It is no client.</exception>
    public static ClientData Parse(string json) => JsonSerializer.Deserialize(json, EventDataContext.Default.ClientData) ?? throw new JsonException("null");

    /// <summary>Writes it as the next value.</summary>
    public void WriteTo(Utf8JsonWriter json) => JsonSerializer.Serialize(json, this, EventDataContext.Default.ClientData);

    public Client ToClient() => new(Fleet, IPAddress.Parse(Ip), Hostname, Fqdn, PublicKey, RequestAddress, RegisteredAt)
    {
        Address4 = Ip4 is null ? null : IPAddress.Parse(Ip4),
        Tags = Tags ?? ReadOnlyDictionary<string, string>.Empty,
        Facts = Facts ?? ReadOnlyDictionary<string, string>.Empty,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(EventData))]
[JsonSerializable(typeof(ClientData))]
internal sealed partial class EventDataContext : JsonSerializerContext;
