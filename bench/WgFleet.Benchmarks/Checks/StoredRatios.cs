using System.Text.Json;

namespace WgFleet.Benchmarks.Checks;

/// <summary>bench/ratios.json: how near to its limit each path was when somebody last looked, as ours ÷ limit.</summary>
internal static class StoredRatios
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true };

    /// <exception cref="InvalidDataException">It is not such a file.</exception>
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
