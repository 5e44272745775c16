using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using WgFleet.Queries;

namespace WgFleet.Dashboard;

/// <summary>Which clients of a fleet a reader asks for, and in which order; as the page's query string says it.</summary>
/// <param name="Search">Text to be found in name, address, key or source; empty finds all.</param>
/// <param name="Sort">The order.</param>
/// <param name="Descending">Whether the order is turned round.</param>
/// <param name="Page">The page, from 1.</param>
public sealed record ClientQuery(string Search = "", ClientSort Sort = ClientSort.Id, bool Descending = false, int Page = 1)
{
    /// <summary>The most characters of a search that count: what is longer would only swell each link of the page.</summary>
    internal const int MaxSearch = 100;

    /// <summary>Reads a query string; whatever it does not understand is as if it were not there.</summary>
    internal static ClientQuery From(IQueryCollection query)
    {
        var search = (query["q"].FirstOrDefault() ?? "").Trim();
        var sort = ClientSorts.Parse(query["sort"].FirstOrDefault()) ?? ClientSort.Id;
        return new(
            search.Length > MaxSearch ? search[..MaxSearch] : search,
            sort,
            query["dir"].FirstOrDefault() switch
            {
                _ when sort == ClientSort.Id => false,
                "asc" => false,
                "desc" => true,
                _ => StartsDescending(sort),
            },
            int.TryParse(query["page"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0 ? page : 1);
    }

    /// <summary>The order a click on a column's heading asks for: turned round if it is the present one.</summary>
    internal ClientQuery SortedBy(ClientSort sort) =>
        this with { Sort = sort, Descending = sort == Sort ? !Descending : StartsDescending(sort), Page = 1 };

    /// <summary>The query string that says this, with its question mark; empty if there is nothing to say.</summary>
    internal string ToQueryString()
    {
        var text = new StringBuilder();
        if (Search.Length > 0)
            text.Append("&q=").Append(UrlEncoder.Default.Encode(Search));
        if (Sort != ClientSort.Id)
            text.Append("&sort=").Append(SortName).Append("&dir=").Append(DirectionName);
        if (Page > 1)
            text.Append("&page=").Append(CultureInfo.InvariantCulture, $"{Page}");
        if (text.Length > 0)
            text[0] = '?';

        return text.ToString();
    }

    internal string SortName => Sort.ToString().ToLowerInvariant();

    internal string DirectionName => Descending ? "desc" : "asc";

    // What is latest or largest is what one looks for in times and traffic.
    private static bool StartsDescending(ClientSort sort) => sort >= ClientSort.Registered;
}
