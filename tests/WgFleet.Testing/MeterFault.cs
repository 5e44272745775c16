using System.Diagnostics.Metrics;
using WgFleet.Metrics;

namespace WgFleet.Testing;

/// <summary>
/// Makes the code that records a metric of one hook throw, until it is disposed of: an unexpected fault.
/// </summary>
internal sealed class MeterFault : IDisposable
{
    public const string Message = "this cannot be counted";

    private readonly MeterListener _listener = new();
    private int _faults;

    /// <param name="instrument">The metric.</param>
    /// <param name="hook">The hook's name. Tests that run at the same time must not have a hook of this name.</param>
    public MeterFault(string instrument, string hook)
    {
        _listener.InstrumentPublished = (found, listener) =>
        {
            if (found.Meter.Name == FleetMeter.Name && found.Name == instrument)
                listener.EnableMeasurementEvents(found);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "hook" && hook.Equals(tag.Value))
                {
                    Interlocked.Increment(ref _faults);
                    throw new InvalidOperationException(Message);
                }
            }
        });
        _listener.Start();
    }

    /// <summary>The number of times that it has thrown.</summary>
    public int Faults => Volatile.Read(ref _faults);

    public void Dispose() => _listener.Dispose();
}
