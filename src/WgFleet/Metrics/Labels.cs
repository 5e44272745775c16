namespace WgFleet.Metrics;

/// <summary>The label values of a measurement in their order, which identify a series.</summary>
internal readonly record struct Labels(string? First, string? Second, string? Third)
{
    public const int Most = 3;

    public static Labels Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(
        tags.Length > 0 ? tags[0].Value as string : null,
        tags.Length > 1 ? tags[1].Value as string : null,
        tags.Length > 2 ? tags[2].Value as string : null);

    public string this[int index] => (index switch { 0 => First, 1 => Second, _ => Third }) ?? "";
}
