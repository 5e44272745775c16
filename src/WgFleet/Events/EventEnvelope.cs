using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using WgFleet.Hooks;

namespace WgFleet.Events;

/// <summary>
/// An event as JSON for programs and webhooks: a CloudEvents 1.0 body in structured mode, with the members that Standard Webhooks
/// recommends (type, timestamp, data) beside them.
/// </summary>
internal static class EventEnvelope
{
    public const string ContentType = "application/cloudevents+json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an event that is not stored.</summary>
    public static byte[] Write(FleetEvent e, string domain) => Write(e, EventJson.ToRow(e).Data, domain);

    /// <param name="e">The event.</param>
    /// <param name="data">The JSON under which it is stored.</param>
    /// <param name="domain">The domain of all names, which names this server as the source.</param>
    public static byte[] Write(FleetEvent e, string data, string domain)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            var time = e.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", e.Id);
            json.WriteString("source", $"//{domain}/wg-fleet");
            json.WriteString("type", e.Type);
            if (EventJson.SubjectOf(e) is { } subject)
                json.WriteString("subject", subject);
            json.WriteString("time", time);
            json.WriteString("timestamp", time);
            json.WriteString("sequence", e.Sequence.ToString("D20", CultureInfo.InvariantCulture));
            if (e.Replayed)
                json.WriteBoolean("replayed", true);
            json.WriteString("datacontenttype", "application/json");
            json.WritePropertyName("data");
            if (e is UnknownEvent && !EventJson.IsJson(data))
                json.WriteStringValue(data);
            else
                json.WriteRawValue(data);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
