using System.Text.Json;

namespace WgFleet.Benchmarks.Checks;

/// <summary>The file bench/ratios.json: the ratio ours ÷ limit of each path, as it was last stored.</summary>
internal static class StoredRatios
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true };

    /// <exception cref="InvalidDataException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, double> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(path))!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message}", e);
        }
    }

    public static void Write(string path, IReadOnlyDictionary<string, double> ratios) =>
        File.WriteAllText(path, JsonSerializer.Serialize(ratios.ToDictionary(r => r.Key, r => Math.Round(r.Value, 3)), Layout) + "\n");
}
