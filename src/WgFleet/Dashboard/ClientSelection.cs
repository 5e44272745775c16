using System.Buffers.Binary;
using WgFleet.Fleets.State;
using WgFleet.Queries;

namespace WgFleet.Dashboard;

/// <summary>The one page of a fleet's clients that a query asks for.</summary>
/// <param name="Query">The query, its page moved to the last one there is.</param>
/// <param name="Members">The clients of the page.</param>
/// <param name="Found">How many clients the search finds, on all pages.</param>
internal sealed record ClientSelection(ClientQuery Query, IReadOnlyList<RegisteredClient> Members, int Found)
{
    public const int PageSize = 100;

    public int LastPage => Math.Max(1, (Found + PageSize - 1) / PageSize);

    /// <summary>The number of the first client shown, from 1; 0 if none is.</summary>
    public int First => Found == 0 ? 0 : (Query.Page - 1) * PageSize + 1;

    /// <summary>The number of the last client shown.</summary>
    public int Last => Math.Min(Query.Page * PageSize, Found);

    public static ClientSelection Of(FleetSnapshot fleet, ClientQuery query)
    {
        var found = query.Search.Length == 0 ? null : fleet.ById.Values.Where(new ClientSearch(query.Search).Finds).ToArray();
        var count = found?.Length ?? fleet.Count;
        var page = Math.Min(query.Page, Math.Max(1, (count + PageSize - 1) / PageSize));

        // LINQ sorts only the part that Skip and Take leave, and keeps equals in the order of their ids.
        var members = Sorted(found ?? fleet.ById.Values, query).Skip((page - 1) * PageSize).Take(PageSize).ToArray();
        return new(query with { Page = page }, members, count);
    }

    // Who has no name or no handshake comes last either way: there is nothing to see.
    private static IEnumerable<RegisteredClient> Sorted(IEnumerable<RegisteredClient> members, ClientQuery query) => query.Sort switch
    {
        ClientSort.Hostname => By(members.OrderBy(m => m.Hostname is null), m => m.Hostname, query.Descending, StringComparer.Ordinal),
        ClientSort.Address => By(members, AddressNumber, query.Descending),
        ClientSort.Registered => By(members, m => m.RegisteredAt, query.Descending),
        ClientSort.Seen => By(members, m => m.Liveness.LastSeen, query.Descending),
        ClientSort.Handshake => By(members.OrderBy(m => m.Liveness.LastHandshake is null), m => m.Liveness.LastHandshake, query.Descending),
        ClientSort.Traffic => By(members, m => m.Liveness.ReceivedBytes + m.Liveness.SentBytes, query.Descending),
        _ => members,
    };

    private static IOrderedEnumerable<RegisteredClient> By<TKey>(IEnumerable<RegisteredClient> members, Func<RegisteredClient, TKey> key, bool descending) =>
        descending ? members.OrderByDescending(key) : members.OrderBy(key);

    private static IOrderedEnumerable<RegisteredClient> By<TKey>(
        IOrderedEnumerable<RegisteredClient> members, Func<RegisteredClient, TKey> key, bool descending, IComparer<TKey>? comparer = null) =>
        descending ? members.ThenByDescending(key, comparer) : members.ThenBy(key, comparer);

    private static UInt128 AddressNumber(RegisteredClient member)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        member.Address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
