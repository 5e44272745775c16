using System.Text.Json;

namespace WgFleet.Benchmarks.Checks;

/// <summary>The file bench/ratios.json.</summary>
/// <param name="Paths">Throughput ours ÷ limit of each path: the higher the better.</param>
/// <param name="Costs">Ours ÷ yardstick of each cost: the lower the better.</param>
internal sealed record StoredRatios(IReadOnlyDictionary<string, double> Paths, IReadOnlyDictionary<string, double> Costs)
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <exception cref="InvalidDataException">The file cannot be read.</exception>
    public static StoredRatios Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredRatios>(File.ReadAllText(path), Layout) ?? throw new JsonException("it holds nothing");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message}", e);
        }
    }

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(new StoredRatios(Rounded(Paths), Rounded(Costs)), Layout) + "\n");

    private static Dictionary<string, double> Rounded(IReadOnlyDictionary<string, double> ratios) =>
        ratios.ToDictionary(r => r.Key, r => Math.Round(r.Value, 3));
}
