using System.Globalization;
using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>
/// The latest events of the clients that had a name, an address or a key. Each list of events in question is in an index in the order of event numbers, and
/// is read from its end, so the work grows with the number of events that are shown and of fleets, not with the log nor with how many clients had the name.
/// </summary>
internal sealed class EventHistory(Dialect dialect)
{
    // The conditions on the type are those of the indexes: see Migrations/013_history_in_a_fleet.sql.
    private const string Removals = "type = 'client.removed'";
    private const string Renames = "type = 'client.hostname_changed'";
    private const string WithHostname = "type IN ('client.hostname_changed', 'client.removed')";

    // $3 is the fleet.
    private readonly string _ofClients = dialect.LatestOfEach("client = CAST(one AS BIGINT) AND hook IS NULL AND (CAST($3 AS TEXT) IS NULL OR fleet = $3)");
    private readonly string _ofKeys = dialect.LatestOfEach($"{Removals} AND {dialect.OfEvent("client.public_key")} = one AND fleet = $3");

    // The clients of a fleet ($3) that had a name, full name or address ($1) the last times that it was given up or taken, up to $4 of each. $2 is the part of a
    // full name before the first dot.
    private readonly string _named =
        $"""
        SELECT client FROM ({Last(Removals, dialect.OfEvent("client.ip"), "$1")}) a
        UNION SELECT client FROM ({Last(WithHostname, dialect.OfEvent("client.hostname"), "$1")}) b
        UNION SELECT client FROM ({Last(Renames, dialect.OfEvent("previous"), "$1")}) c
        UNION SELECT client FROM ({Last(WithHostname, dialect.OfEvent("client.hostname"), "$2")}) d WHERE {dialect.OfEvent("client.fqdn")} = $1
        """;

    // All events of a client have its key.
    private readonly string _keys =
        $"""
        SELECT public_key FROM clients WHERE id IN (SELECT CAST(value AS BIGINT) FROM {dialect.Each("$1")})
        UNION SELECT (SELECT {dialect.OfEvent("client.public_key")} FROM events WHERE client = CAST(asked.value AS BIGINT) ORDER BY seq DESC LIMIT 1) FROM {dialect.Each("$1")} AS asked
        """;

    private readonly string _live =
        $"SELECT id FROM clients WHERE public_key IN (SELECT value FROM {dialect.Each("$1")}) AND (CAST($2 AS TEXT) IS NULL OR fleet_id = $2)";

    private readonly string _rows =
        $"SELECT {EventTable.Columns} FROM events WHERE seq IN (SELECT CAST(value AS BIGINT) FROM {dialect.Each("$1")}) ORDER BY seq";

    /// <summary>
    /// The latest events, in order, of the clients that had a name, full name, address or key: of those that had it the last <paramref name="limit"/> times
    /// that it was taken or given up in a fleet. A client that was restored, or that registered again with its key, has another number than before; its
    /// events under both are included.
    /// </summary>
    /// <param name="c">The connection, which reads as of one moment.</param>
    /// <param name="text">The name, full name, address or key.</param>
    /// <param name="client">The number of the live client that is meant; null if there is none, or the caller does not know it.</param>
    /// <param name="fleet">Clients of this fleet only; null for all.</param>
    /// <param name="limit">How many events at most.</param>
    public List<EventRow> Latest(Connection c, string text, long? client, string? fleet, int limit)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var hostname = dot < 0 ? null : text[..dot];
        var fleets = fleet is null ? EventTable.Fleets(c, "client.removed").Union(EventTable.Fleets(c, "client.hostname_changed")).ToList() : [fleet];

        var clients = new HashSet<long>();
        if (client is { } known)
            clients.Add(known);

        foreach (var of in fleets)
            clients.UnionWith(c.Query(_named, row => row[0].NumberOrNull, text, hostname, of, limit).OfType<long>());

        var keys = c.Query(_keys, row => row[0].TextOrNull, List(clients)).OfType<string>().Append(text).Distinct().ToList();
        foreach (var of in fleets)
            clients.UnionWith(Merge(c, _ofKeys, keys, of, limit).Select(e => e.Client).OfType<long>());

        clients.UnionWith(c.Query(_live, row => row[0].Number, JsonList.Of(keys), fleet));
        var shown = Merge(c, _ofClients, [.. clients.Select(Text)], fleet, limit);
        return c.Query(_rows, EventTable.Read, List(shown.Select(e => e.Seq)));
    }

    /// <summary>
    /// The latest of the events of all values. First a few of each are read, then twice as many of those values that may have more among the latest, of which
    /// there are half as many, and so on.
    /// </summary>
    private static List<Found> Merge(Connection c, string sql, List<string> values, string? fleet, int limit)
    {
        var found = new Dictionary<string, List<Found>>();
        var open = values;
        for (var many = Math.Max(1, 2 * limit / Math.Max(1, values.Count)); open.Count > 0; many *= 2)
        {
            foreach (var some in c.Query(sql, row => new Found(row[0].Text, row[1].Number, row[2].NumberOrNull), JsonList.Of(open), many, fleet).GroupBy(e => e.Of))
                found[some.Key] = [.. some];

            var latest = found.Values.SelectMany(e => e).Select(e => e.Seq).OrderDescending().Take(limit).ToList();
            var last = latest.Count < limit ? 0 : latest[^1];
            open = [.. open.Where(value => found.TryGetValue(value, out var some) && some.Count >= many && many < limit && some.Min(e => e.Seq) > last)];
        }

        return [.. found.Values.SelectMany(e => e).OrderByDescending(e => e.Seq).Take(limit)];
    }

    private static string Last(string types, string field, string value) => $"SELECT client, data FROM events WHERE {types} AND {field} = {value} AND fleet = $3 ORDER BY seq DESC LIMIT $4";

    private static string List(IEnumerable<long> numbers) => JsonList.Of(numbers.Select(Text));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <param name="Of">The value that the event was found by.</param>
    /// <param name="Seq">Its number.</param>
    /// <param name="Client">The client that it is about.</param>
    private readonly record struct Found(string Of, long Seq, long? Client);
}
