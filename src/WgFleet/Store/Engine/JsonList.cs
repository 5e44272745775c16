using System.Text.Json;
using System.Text.Json.Serialization;

namespace WgFleet.Store.Engine;

/// <summary>A list as one value of a statement, which reads it with json_each (https://www.sqlite.org/json1.html).</summary>
internal static partial class JsonList
{
    public static string Of(IEnumerable<string> texts) => JsonSerializer.Serialize(texts, Json.Default.IEnumerableString);

    [JsonSerializable(typeof(IEnumerable<string>))]
    private sealed partial class Json : JsonSerializerContext;
}
