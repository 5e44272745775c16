using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WgFleet.Events;

namespace WgFleet.Hooks.Deliveries.Webhook;

using Values = Dictionary<string, object?>;

/// <summary>
/// The names and values that the template of a webhook's body can use: those of the envelope, and some for people. docs/webhooks.md lists them. They depend on the
/// event alone, so that each attempt sends the same bytes. A member that the event does not have is empty.
/// </summary>
internal static class EventModel
{
    private static readonly string[] OfEnvelope = ["specversion", "id", "source", "type", "subject", "time", "timestamp", "sequence", "replayed", "datacontenttype", "data"];
    private static readonly IReadOnlyList<string> OfData = Names(EventDataContext.Default.EventData);
    private static readonly IReadOnlyList<string> OfClient = Names(EventDataContext.Default.ClientData);

    /// <param name="e">The event.</param>
    /// <param name="envelope">The event as JSON.</param>
    /// <param name="settings">The hook's settings.</param>
    public static IReadOnlyDictionary<string, object?> Of(FleetEvent e, ReadOnlyMemory<byte> envelope, IReadOnlyDictionary<string, string> settings)
    {
        using var json = JsonDocument.Parse(envelope);
        var model = With(OfEnvelope, (Values)Value(json.RootElement)!);
        var data = model["data"] = model["data"] is Values members ? With(OfData, members) : model["data"];
        var client = (data as Values)?.GetValueOrDefault("client") is Values known ? With(OfClient, known) : null;
        if (client is not null)
            ((Values)data!)["client"] = client;

        var about = e.Client is { } c ? $"{c.Hostname ?? c.Address.ToString()} in {c.Fleet}" : e.Fleet is { } fleet ? $"fleet {fleet}" : "wg-fleet";
        model["client"] = client;
        model["fleet"] = e.Fleet;
        model["about"] = about;
        model["text"] = $"{about}: {EventTypes.Tell(e)}";
        model["settings"] = settings;
        return model;
    }

    private static IReadOnlyList<string> Names(JsonTypeInfo type) => [.. type.Properties.Select(p => p.Name)];

    private static Values With(IEnumerable<string> names, Values members)
    {
        var all = names.ToDictionary(name => name, _ => (object?)null);
        foreach (var (name, value) in members)
            all[name] = value;

        return all;
    }

    private static object? Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().DistinctBy(m => m.Name).ToDictionary(m => m.Name, m => Value(m.Value)),
        JsonValueKind.Array => json.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => json.GetString(),
    };
}
