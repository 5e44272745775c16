using WgFleet.Benchmarks.Micro;
using WgFleet.History;

namespace WgFleet.Benchmarks.Costs;

/// <summary>
/// Bytes for the traffic history of 10,000 clients. The yardstick of the first sample is one number of 32 bits for each slot of each client;
/// the next samples go into what is there.
/// </summary>
internal static class HistoryCosts
{
    private const int Clients = 10_000;

    public static IEnumerable<Cost> Measure()
    {
        var fleet = Crowd.Of(Clients).Fleets[0];
        var history = new FleetHistory();
        var now = fleet.ById[1].RegisteredAt;

        Grow(1);
        var first = Cost.Allocated(() => history.Take(fleet, now, now));
        Grow(2);
        var second = Cost.Allocated(() => history.Take(fleet, now.AddHours(1), now));
        var plain = Cost.Allocated(() =>
        {
            for (var i = 0; i < Clients; i++)
                _ = new uint[ClientTrafficHistory.Slots];
        });
        return [new Cost("bytes of a history", first, plain), new Cost("bytes of another sample", second, plain)];

        void Grow(long bytes)
        {
            foreach (var client in fleet.ById.Values)
                client.Liveness.Observed(null, bytes, bytes, now);
        }
    }
}
