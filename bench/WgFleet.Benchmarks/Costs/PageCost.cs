using WgFleet.Benchmarks.Micro;
using WgFleet.Dashboard.ClientLists;

namespace WgFleet.Benchmarks.Costs;

/// <summary>Bytes for choosing the clients of one page out of 10,000, compared with a copy of all: a page does not copy them.</summary>
internal static class PageCost
{
    public static Cost Measure()
    {
        var fleet = Crowd.Of(10_000).Fleets[0];
        Choose(1);
        var ours = Cost.Allocated(() => Choose(50));
        return new Cost("bytes of choosing a page", ours, Cost.Allocated(() => _ = fleet.ById.Values.ToArray()));

        void Choose(int page)
        {
            if (ClientSelection.Of([fleet], new(Page: page), "example.org", DateTimeOffset.UnixEpoch).Clients.Count != ClientQuery.DefaultSize)
                throw new InvalidOperationException($"page {page} is not full");
        }
    }
}
