using WgFleet.Fleets.State;

namespace WgFleet.Queries;

/// <summary>Searches, filters, sorts and pages clients, for the API and for pages.</summary>
internal static class ClientList
{
    /// <summary>The most clients on a page.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>The clients that match a search and a filter, in the order of <paramref name="clients"/>.</summary>
    /// <param name="clients">The clients.</param>
    /// <param name="search">Text to find in name, address, key, source or facts, in any case; null or empty finds all.</param>
    /// <param name="online">Only those that are online, or only those that are not; null for both.</param>
    /// <param name="now">The time as of which a client is online.</param>
    public static IReadOnlyList<RegisteredClient> Find(IEnumerable<RegisteredClient> clients, string? search, bool? online, DateTimeOffset now)
    {
        if (!string.IsNullOrWhiteSpace(search))
            clients = clients.Where(new ClientSearch(search.Trim()).Finds);
        if (online is { } wanted)
            clients = clients.Where(c => c.Liveness.IsOnline(now) == wanted);

        return [.. clients];
    }

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
