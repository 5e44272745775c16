using System.Buffers.Text;
using System.Globalization;
using System.Text;
using WgFleet.Fleets.State;

namespace WgFleet.Queries;

/// <summary>Sorts clients and gives them page by page: a cursor names the last one of a page by what it is sorted by, so that those who come and go meanwhile shift nothing.</summary>
internal sealed class ClientList
{
    public const int Most = 1000;

    /// <summary>What clients can be sorted by, each as text that sorts as it should.</summary>
    public static readonly IReadOnlyDictionary<string, Func<RegisteredClient, string?>> Sorts = new Dictionary<string, Func<RegisteredClient, string?>>
    {
        ["registered"] = m => Number(m.RegisteredAt.UtcTicks),
        ["hostname"] = m => m.Hostname,
        ["address"] = m => Convert.ToHexString(m.Address.GetAddressBytes()),
        ["seen"] = m => Number(m.Liveness.LastSeen.UtcTicks),
        ["handshake"] = m => m.Liveness.LastHandshake is { } at ? Number(at.UtcTicks) : null,
        ["traffic"] = m => Number(m.Liveness.ReceivedBytes + m.Liveness.SentBytes),
    };

    private readonly string _sort;
    private readonly bool _descending;
    private readonly int _limit;

    public ClientList(string sort, bool descending, int limit) => (_sort, _descending, _limit) = (sort, descending, limit);

    /// <summary>The page behind a cursor; the first without one. Null if the cursor is of another order, or none of ours.</summary>
    public (IReadOnlyList<RegisteredClient> Page, string? Next)? Of(IEnumerable<RegisteredClient> members, string? cursor)
    {
        (string Key, long Id)? behind = null;
        if (cursor is not null && (behind = Read(cursor)) is null)
            return null;

        var keys = members.Select(m => (RegisteredClient: m, Place: (Key: KeyOf(m), m.Id)));
        var rest = keys.Where(k => behind is not { } b || Compare(k.Place, b) > 0).Order(Comparer<(RegisteredClient RegisteredClient, (string, long) Place)>.Create((a, b) => Compare(a.Place, b.Place)));
        var page = rest.Take(_limit + 1).ToList();
        return ([.. page.Take(_limit).Select(k => k.RegisteredClient)], page.Count > _limit ? Write(page[_limit - 1].Place) : null);
    }

    // Who has nothing to sort by comes last either way.
    private string KeyOf(RegisteredClient member) => Sorts[_sort](member) ?? (_descending ? "" : "~");

    private int Compare((string Key, long Id) a, (string Key, long Id) b)
    {
        var keys = string.CompareOrdinal(a.Key, b.Key);
        return keys == 0 ? a.Id.CompareTo(b.Id) : _descending ? -keys : keys;
    }

    private string Write((string Key, long Id) place) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Order} {place.Id} {place.Key}")));

    private (string Key, long Id)? Read(string cursor)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(' ', 3) is [var order, var id, var key]
                && order == Order && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (key, number) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private string Order => _descending ? $"-{_sort}" : _sort;

    private static string Number(long number) => number.ToString("D20", CultureInfo.InvariantCulture);
}
