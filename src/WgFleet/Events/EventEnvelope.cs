using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using WgFleet.Hooks;

namespace WgFleet.Events;

/// <summary>
/// An event as JSON for receivers outside: a CloudEvents 1.0 structured-mode body, with the members that Standard Webhooks
/// recommends (type, timestamp, data) beside them. The same bytes for programs and webhooks, at every attempt.
/// </summary>
internal static class EventEnvelope
{
    public const string ContentType = "application/cloudevents+json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="e">The event.</param>
    /// <param name="domain">The fleets' domain, which names us as the source.</param>
    public static byte[] Write(FleetEvent e, string domain)
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
            json.WriteRawValue(EventJson.ToRow(e).Data);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
