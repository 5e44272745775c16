using System.Diagnostics.Metrics;
using WgFleet.Metrics;

namespace WgFleet.Queries.Troubles;

/// <summary>The number of troubles of each kind, as a metric.</summary>
internal sealed class TroubleGauge : IDisposable
{
    private readonly Gauges _gauges = new();

    public TroubleGauge(TroubleList troubles) => _gauges.Add("wgfleet_troubles", "How many things of this kind are wrong now; wg-fleet status names them.", () =>
    {
        var counts = troubles.Now().CountBy(t => t.Kind).ToDictionary();
        return TroubleWords.Kinds.Select(kind => new Measurement<long>(counts.GetValueOrDefault(kind), new KeyValuePair<string, object?>("kind", kind.Text())));
    });

    public void Dispose() => _gauges.Dispose();
}
