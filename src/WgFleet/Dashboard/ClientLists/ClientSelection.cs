using WgFleet.Fleets.State;
using WgFleet.Queries;

namespace WgFleet.Dashboard.ClientLists;

/// <summary>One page of a client list.</summary>
/// <param name="Query">The query; a page beyond the end became the last one.</param>
/// <param name="Clients">The clients of the page.</param>
/// <param name="Found">The number of clients that match, on all pages.</param>
internal sealed record ClientSelection(ClientQuery Query, IReadOnlyList<RegisteredClient> Clients, int Found)
{
    public int LastPage => PagesOf(Found, Query.Size);

    /// <summary>The clients of this page: "101-200 of 10,000".</summary>
    public string Range => Found == 0 ? "0 of 0" : $"{(Query.Page - 1) * Query.Size + 1:N0}-{Math.Min(Query.Page * Query.Size, Found):N0} of {Found:N0}";

    /// <param name="fleets">The fleets whose clients are listed.</param>
    /// <param name="query">What was asked for.</param>
    /// <param name="domain">The domain of full names.</param>
    /// <param name="now">The time as of which clients are online.</param>
    public static ClientSelection Of(IReadOnlyList<FleetSnapshot> fleets, ClientQuery query, string domain, DateTimeOffset now)
    {
        // Without a filter the registry's own list is used, so that ten thousand clients are not copied for each viewer.
        var all = All(fleets);
        var found = query.HasFilter ? ClientList.Find(all, query.Filter, domain, now) : null;
        var count = found?.Count ?? fleets.Sum(f => f.Count);
        var page = Math.Min(query.Page, PagesOf(count, query.Size));
        var clients = new ClientOrder(query.Sort, query.Descending).Take(found ?? all, (page - 1) * query.Size, query.Size);
        return new(query with { Page = page }, clients, count);
    }

    /// <summary>All clients of all pages, in their order.</summary>
    public static IReadOnlyList<RegisteredClient> AllOf(IReadOnlyList<FleetSnapshot> fleets, ClientQuery query, string domain, DateTimeOffset now)
    {
        var found = ClientList.Find(All(fleets), query.Filter, domain, now);
        return new ClientOrder(query.Sort, query.Descending).Take(found, 0, found.Count);
    }

    private static IEnumerable<RegisteredClient> All(IReadOnlyList<FleetSnapshot> fleets) => fleets is [var one] ? one.ById.Values : fleets.SelectMany(f => f.ById.Values);

    private static int PagesOf(int count, int size) => Math.Max(1, (count + size - 1) / size);
}
