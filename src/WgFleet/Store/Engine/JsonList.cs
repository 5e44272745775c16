using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WgFleet.Store.Engine;

/// <summary>A list as one value of a statement, which reads it with <see cref="Dialect.Each"/> or <see cref="Dialect.EachPair"/>.</summary>
internal static partial class JsonList
{
    public static string Of(IEnumerable<string> texts) => JsonSerializer.Serialize(texts, Json.Default.IEnumerableString);

    /// <summary>Texts by their numbers. Of two with one number the later one holds.</summary>
    public static string Of(IEnumerable<(long Key, string? Value)> pairs)
    {
        var all = new Dictionary<string, string?>();
        foreach (var (key, value) in pairs)
            all[key.ToString(CultureInfo.InvariantCulture)] = value;

        return JsonSerializer.Serialize(all, Json.Default.DictionaryStringString);
    }

    [JsonSerializable(typeof(IEnumerable<string>))]
    [JsonSerializable(typeof(Dictionary<string, string?>))]
    private sealed partial class Json : JsonSerializerContext;
}
