using System.Globalization;
using WgFleet.Hosting;
using WgFleet.Queries;

namespace WgFleet.Dashboard.ClientLists;

/// <summary>The part of a client list that a page's query string asks for.</summary>
/// <param name="Search">Text to find; empty for all clients.</param>
/// <param name="Sort">The column to sort by.</param>
/// <param name="Descending">Whether the largest comes first.</param>
/// <param name="Page">The page, from 1.</param>
internal sealed record ClientQuery(string Search = "", ClientSort Sort = ClientSort.Id, bool Descending = false, int Page = 1)
{
    /// <summary>A longer search is cut, since every link of the page repeats it.</summary>
    public const int MaxSearch = 100;

    /// <summary>The numbers of clients on a page to choose from.</summary>
    public static readonly IReadOnlyList<int> Sizes = [25, 50, DefaultSize, 250, 500];

    public const int DefaultSize = 100;

    /// <summary>Only clients in this state; null for all.</summary>
    public ClientState? State { get; init; }

    /// <summary>Only those that are pinned.</summary>
    public bool Pinned { get; init; }

    /// <summary>Only those without a name.</summary>
    public bool Unnamed { get; init; }

    /// <summary>Only those with this tag, key=value; empty for all.</summary>
    public string Tag { get; init; } = "";

    /// <summary>The most clients on a page.</summary>
    public int Size { get; init; } = DefaultSize;

    /// <summary>Which clients are meant, on all pages.</summary>
    public ClientFilter Filter => new() { Search = Search, State = State, Pinned = Pinned ? true : null, Unnamed = Unnamed ? true : null, Tag = Tag };

    /// <summary>Whether some clients may be left out.</summary>
    public bool HasFilter => Filter != ClientFilter.None;

    /// <summary>Reads a query string.</summary>
    /// <exception cref="RefusedException">Something of it is not understood.</exception>
    public static ClientQuery From(IQueryCollection query)
    {
        var sort = Read(query, "sort", string.Join(", ", ClientSorts.Names), ClientSort.Id, ClientSorts.Parse);
        return new(
            Text(query, "q"),
            sort,
            Read(query, "dir", "asc or desc", StartsDescending(sort), dir => dir switch { "asc" => false, "desc" => true, _ => null as bool? }) && sort != ClientSort.Id,
            Read(query, "page", "a number from 1", 1, page => Number(page) is > 0 and var number ? number : null))
        {
            State = Read(query, "state", string.Join(", ", ClientStates.Names), default(ClientState?), ClientStates.Parse),
            Pinned = Read(query, "pinned", "yes", false, pinned => pinned == "yes" ? true : null),
            Unnamed = Read(query, "unnamed", "yes", false, unnamed => unnamed == "yes" ? true : null),
            Tag = Text(query, "tag"),
            Size = Read(query, "size", string.Join(", ", Sizes), DefaultSize, size => Number(size) is { } number && Sizes.Contains(number) ? number : null),
        };
    }

    /// <summary>The order after a click on a column's heading: reversed if that column is sorted by already.</summary>
    public ClientQuery SortedBy(ClientSort sort) =>
        this with { Sort = sort, Descending = sort == Sort ? !Descending : StartsDescending(sort), Page = 1 };

    /// <summary>What differs from the default, but for the search and the page, as names and values of a query string.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Choices
    {
        get
        {
            if (State is { } state)
                yield return new("state", ClientStates.Name(state));
            if (Pinned)
                yield return new("pinned", "yes");
            if (Unnamed)
                yield return new("unnamed", "yes");
            if (Tag.Length > 0)
                yield return new("tag", Tag);
            if (Sort != ClientSort.Id)
            {
                yield return new("sort", Sort.ToString().ToLowerInvariant());
                yield return new("dir", Descending ? "desc" : "asc");
            }

            if (Size != DefaultSize)
                yield return new("size", Size.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>This as a query string with its question mark; empty for the defaults.</summary>
    public string ToQueryString()
    {
        IEnumerable<KeyValuePair<string, string?>> search = Search.Length > 0 ? [new("q", Search)] : [];
        IEnumerable<KeyValuePair<string, string?>> page = Page > 1 ? [new("page", Page.ToString(CultureInfo.InvariantCulture))] : [];
        return QueryString.Create(search.Concat(Choices).Concat(page)).ToString();
    }

    private static string Text(IQueryCollection query, string key)
    {
        var text = (query[key].FirstOrDefault() ?? "").Trim();
        return text.Length > MaxSearch ? text[..MaxSearch] : text;
    }

    private static T Read<T>(IQueryCollection query, string key, string use, T byDefault, Func<string, T?> read)
        where T : struct =>
        query[key].FirstOrDefault() is not { Length: > 0 } text ? byDefault : read(text) ?? throw NotUnderstood(key, text, use);

    private static T? Read<T>(IQueryCollection query, string key, string use, T? byDefault, Func<string, T?> read)
        where T : struct =>
        query[key].FirstOrDefault() is not { Length: > 0 } text ? byDefault : read(text) ?? throw NotUnderstood(key, text, use);

    private static RefusedException NotUnderstood(string key, string text, string use) => new(Refusal.Invalid, $"{key} is '{text}', use {use}");

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, null, out var number) ? number : null;

    // People look for the latest time and the most traffic.
    private static bool StartsDescending(ClientSort sort) => sort >= ClientSort.Registered;
}
