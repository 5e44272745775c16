using System.Text.Json;
using System.Text.Json.Serialization;

namespace WgFleet.Hooks;

/// <summary>Times in JSON: RFC 3339 in UTC with Z, everywhere; any offset is read.</summary>
internal sealed class UtcTime : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
}
