using WgFleet.Fleets.State;
using WgFleet.Queries;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>One page of a fleet's client list.</summary>
/// <param name="Query">The query; a page beyond the end became the last one.</param>
/// <param name="Clients">The clients of the page.</param>
/// <param name="Found">The number of clients that match, on all pages.</param>
internal sealed record ClientSelection(ClientQuery Query, IReadOnlyList<RegisteredClient> Clients, int Found)
{
    public const int PageSize = 100;

    public int LastPage => Math.Max(1, (Found + PageSize - 1) / PageSize);

    /// <summary>The number of the first client shown, from 1; 0 if none is.</summary>
    public int First => Found == 0 ? 0 : (Query.Page - 1) * PageSize + 1;

    /// <summary>The number of the last client shown.</summary>
    public int Last => Math.Min(Query.Page * PageSize, Found);

    public static ClientSelection Of(FleetSnapshot fleet, ClientQuery query)
    {
        // Without a search the registry's own list is used, so that ten thousand clients are not copied for each viewer.
        var found = query.Search.Length == 0 ? null : ClientList.Find(fleet.ById.Values, query.Search, online: null, now: default);
        var count = found?.Count ?? fleet.Count;
        var page = Math.Min(query.Page, Math.Max(1, (count + PageSize - 1) / PageSize));
        var clients = new ClientOrder(query.Sort, query.Descending).Take(found ?? fleet.ById.Values, (page - 1) * PageSize, PageSize);
        return new(query with { Page = page }, clients, count);
    }
}
