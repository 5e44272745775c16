using WgFleet.Fleets.State;

namespace WgFleet.Queries;

/// <summary>Searches, filters, sorts and pages clients, for the API and for pages.</summary>
internal static class ClientList
{
    /// <summary>The most clients on a page.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>The clients that match a filter, in the order of <paramref name="clients"/>.</summary>
    /// <param name="clients">The clients.</param>
    /// <param name="filter">Which are meant.</param>
    /// <param name="domain">The domain of full names.</param>
    /// <param name="now">The time as of which a client is online.</param>
    public static IReadOnlyList<RegisteredClient> Find(IEnumerable<RegisteredClient> clients, ClientFilter filter, string domain, DateTimeOffset now) =>
        filter.Matcher(domain, now) is { } isMeant ? [.. clients.Where(isMeant)] : [.. clients];

    /// <summary>The page after a cursor, the first page without one, and the cursor of the next page; null if the cursor is not one of this order.</summary>
    public static (IReadOnlyList<RegisteredClient> Page, string? Next)? After(IReadOnlyList<RegisteredClient> found, ClientOrder order, string? cursor, int limit)
    {
        IEnumerable<RegisteredClient> rest = found;
        if (cursor is not null)
        {
            if (ClientCursor.Read(order, cursor) is not { } last)
                return null;

            rest = rest.Where(c => order.Compare(order.KeyOf(c), last) > 0);
        }

        var page = order.Take(rest, 0, limit + 1);
        return page.Count <= limit ? (page, null) : ([.. page.Take(limit)], ClientCursor.Write(order, order.KeyOf(page[limit - 1])));
    }
}
