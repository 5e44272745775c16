using WgFleet.Dashboard.ClientPages;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.ClientLists;

/// <summary>A client list as pages show it.</summary>
/// <param name="Path">The page that the list is on.</param>
/// <param name="Of">Whose clients are listed, in words.</param>
/// <param name="AreOfAllFleets">Whether each row says its fleet.</param>
/// <param name="Query">What was asked for.</param>
/// <param name="Found">The number of clients that match, on all pages.</param>
/// <param name="Range">The clients of this page.</param>
/// <param name="LastPage">The number of the last page.</param>
/// <param name="Newest">The id of the client that registered last; 0 if there is none.</param>
/// <param name="Tags">The tags to choose from.</param>
/// <param name="Clients">The clients of this page.</param>
internal sealed record ClientListView(
    string Path,
    string Of,
    bool AreOfAllFleets,
    ClientQuery Query,
    int Found,
    string Range,
    int LastPage,
    long Newest,
    IReadOnlyList<string> Tags,
    IReadOnlyList<ClientTableRow> Clients)
{
    /// <summary>More tags than these are found by the search.</summary>
    private const int MaxTags = 12;

    public static ClientListView OfFleet(FleetSnapshot fleet, ClientQuery query, string domain, long newest, DateTimeOffset now) =>
        Make($"/fleet/{fleet.Config.Name}", fleet.Config.Name, [fleet], query, domain, newest, now);

    public static ClientListView OfAll(Snapshot snapshot, ClientQuery query, DateTimeOffset now) =>
        Make("/clients", "all fleets", snapshot.Fleets, query, snapshot.Domain, NewestOf(snapshot.Fleets), now);

    /// <summary>The id of the client that registered last; 0 if there is none.</summary>
    public static long NewestOf(IReadOnlyList<FleetSnapshot> fleets) => fleets.Where(f => f.Count > 0).Select(f => f.ById.Keys.Last()).DefaultIfEmpty().Max();

    /// <summary>What was found, for screen readers.</summary>
    public string FoundText => !Query.HasFilter ? "" : Found == 1 ? "1 client matches." : $"{Found:N0} clients match.";

    /// <summary>The link to this page with another query.</summary>
    public string Link(ClientQuery query) => Path + query.ToQueryString();

    /// <summary>The link to all that is listed, on all pages, as CSV.</summary>
    public string CsvLink => $"{Path}{(AreOfAllFleets ? "" : "/clients")}.csv{(Query with { Page = 1, Size = ClientQuery.DefaultSize }).ToQueryString()}";

    /// <summary>The link to the page that changes many of these; null if they are of several fleets.</summary>
    public string? ManyLink => AreOfAllFleets ? null : $"{Path}/many{(Query with { Page = 1, Size = ClientQuery.DefaultSize }).ToQueryString()}";

    private static ClientListView Make(
        string path, string of, IReadOnlyList<FleetSnapshot> fleets, ClientQuery query, string domain, long newest, DateTimeOffset now)
    {
        var selection = ClientSelection.Of(fleets, query, domain, now);
        return new(
            path,
            of,
            path == "/clients",
            selection.Query,
            selection.Found,
            selection.Range,
            selection.LastPage,
            newest,
            TagsOf(fleets, query.Tag),
            [.. selection.Clients.Select(c => ClientTableRow.Of(c, now))]);
    }

    private static List<string> TagsOf(IReadOnlyList<FleetSnapshot> fleets, string chosen)
    {
        // Thousands of clients share one set of tags.
        var sets = fleets.SelectMany(f => f.ById.Values).Where(c => c.Tags.Count > 0).Select(c => c.Tags).ToHashSet(ReferenceEqualityComparer.Instance);
        var tags = sets.Cast<IReadOnlyDictionary<string, string>>().SelectMany(set => set).Select(t => $"{t.Key}={t.Value}").Distinct().Order(StringComparer.Ordinal).ToList();
        return tags.Count <= MaxTags ? tags : chosen.Length > 0 ? [chosen] : [];
    }
}
