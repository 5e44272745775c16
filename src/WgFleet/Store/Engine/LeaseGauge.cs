using System.Diagnostics.Metrics;
using WgFleet.Metrics;

namespace WgFleet.Store.Engine;

/// <summary>Metrics of the lease, on a gateway that shares its database with others.</summary>
internal sealed class LeaseGauge : IDisposable
{
    private readonly Gauges _gauges = new();

    public LeaseGauge(WriteFence fence)
    {
        _gauges.Add<long>("wgfleet_lease_held", "1 while this gateway holds the lease and may write, 0 while it stands by or could not renew it.", () => [Of(fence.Trouble is null ? 1 : 0)]);
        _gauges.Add<long>("wgfleet_lease_epoch", "The number of the lease that this gateway has taken, which grows with each taking; 0 while it stands by.", () => [Of(fence.Token?.Epoch ?? 0)]);

        Measurement<long> Of(long value) => new(value, new KeyValuePair<string, object?>("gateway", fence.Gateway));
    }

    public void Dispose() => _gauges.Dispose();
}
