using System.Globalization;
using WgFleet.Metrics;

namespace WgFleet.Testing;

/// <summary>What a scraper reads: the samples by name and labels, as they are in the text.</summary>
internal sealed class Scrape(string text)
{
    private readonly Dictionary<string, double> _samples = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    public string Text => text;

    public double? this[string sample] => _samples.TryGetValue(sample, out var value) ? value : null;

    public static Scrape Of(MetricsCollector metrics) => new(metrics.Text());
}
