using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using WgFleet.Hosting;
using WgFleet.Queries;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>The part of a fleet's client list that a page's query string asks for.</summary>
/// <param name="Search">Text in the name, address, key or source; empty for all clients.</param>
/// <param name="Sort">The column to sort by.</param>
/// <param name="Descending">Whether the largest comes first.</param>
/// <param name="Page">The page, from 1.</param>
internal sealed record ClientQuery(string Search = "", ClientSort Sort = ClientSort.Id, bool Descending = false, int Page = 1)
{
    /// <summary>A longer search is cut, since every link of the page repeats it.</summary>
    public const int MaxSearch = 100;

    /// <summary>Reads a query string.</summary>
    /// <exception cref="RefusedException">Something of it is not understood.</exception>
    public static ClientQuery From(IQueryCollection query)
    {
        var search = (query["q"].FirstOrDefault() ?? "").Trim();
        var sort = Read(query, "sort", string.Join(", ", ClientSorts.Names), ClientSort.Id, ClientSorts.Parse);
        return new(
            search.Length > MaxSearch ? search[..MaxSearch] : search,
            sort,
            Read(query, "dir", "asc or desc", StartsDescending(sort), dir => dir switch { "asc" => false, "desc" => true, _ => null as bool? }) && sort != ClientSort.Id,
            Read(query, "page", "a number from 1", 1, page => int.TryParse(page, NumberStyles.None, null, out var number) && number > 0 ? number : null as int?));
    }

    /// <summary>The order after a click on a column's heading: reversed if that column is sorted by already.</summary>
    public ClientQuery SortedBy(ClientSort sort) =>
        this with { Sort = sort, Descending = sort == Sort ? !Descending : StartsDescending(sort), Page = 1 };

    /// <summary>This as a query string with its question mark; empty for the defaults.</summary>
    public string ToQueryString()
    {
        var text = new StringBuilder();
        if (Search.Length > 0)
            text.Append("&q=").Append(UrlEncoder.Default.Encode(Search));
        if (Sort != ClientSort.Id)
            text.Append("&sort=").Append(SortName).Append("&dir=").Append(DirectionName);
        if (Page > 1)
            text.Append("&page=").Append(Page);
        if (text.Length > 0)
            text[0] = '?';

        return text.ToString();
    }

    public string SortName => Sort.ToString().ToLowerInvariant();

    public string DirectionName => Descending ? "desc" : "asc";

    private static T Read<T>(IQueryCollection query, string key, string use, T byDefault, Func<string, T?> read)
        where T : struct =>
        query[key].FirstOrDefault() is not { Length: > 0 } text ? byDefault
        : read(text) ?? throw new RefusedException(Refusal.Invalid, $"{key} is '{text}', use {use}");

    // People look for the latest time and the most traffic.
    private static bool StartsDescending(ClientSort sort) => sort >= ClientSort.Registered;
}
