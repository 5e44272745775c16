using WgFleet.Metrics;

namespace WgFleet.Benchmarks.Costs;

/// <summary>Bytes for recording measurements while somebody listens, compared with one smallest object for each: recording makes none.</summary>
internal static class MetricCost
{
    private const int Rounds = 1_000;
    private const int Kinds = 7;

    public static Cost Measure()
    {
        using var listening = new MetricsCollector();
        Record();
        var ours = Cost.Allocated(() =>
        {
            for (var i = 0; i < Rounds; i++)
                Record();
        });
        var objects = new object[Rounds * Kinds];
        var yardstick = Cost.Allocated(() =>
        {
            for (var i = 0; i < objects.Length; i++)
                objects[i] = new object();
        });
        return new Cost("bytes of recorded metrics", ours, yardstick);
    }

    private static void Record()
    {
        FleetMeter.Called("bench", "client.added", FleetMeter.Ok, TimeSpan.FromMilliseconds(3));
        FleetMeter.Appended("client.added");
        FleetMeter.Requested("bench");
        FleetMeter.Ran("bench");
        FleetMeter.Replaced("bench", written: true);
        FleetMeter.Awaited("bench", FleetMeter.Ok, TimeSpan.FromMilliseconds(3));
        FleetMeter.Answered(FleetMeter.Pings, "bench", 200);
    }
}
