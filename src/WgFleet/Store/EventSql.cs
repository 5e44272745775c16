using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>The queries of the event log that look into the JSON of events, as an engine writes them.</summary>
internal sealed class EventSql
{
    private const string Columns = EventTable.Columns;

    // The conditions on the type are those of the indexes: see Migrations/008_indexes.sql and 009_client_of_an_event.sql.
    private const string Removals = "type = 'client.removed'";
    private const string WithHostname = "type IN ('client.hostname_changed', 'client.removed')";
    private const string Renames = "type = 'client.hostname_changed'";

    public EventSql(Dialect dialect)
    {
        var key = dialect.OfEvent("client.public_key");
        var ip = dialect.OfEvent("client.ip");
        var hostname = dialect.OfEvent("client.hostname");
        var fqdn = dialect.OfEvent("client.fqdn");
        var previous = dialect.OfEvent("previous");
        History =
            $"""
            WITH named(client) AS (
                SELECT CAST($5 AS BIGINT)
                UNION SELECT id FROM clients WHERE public_key = $1
                UNION SELECT client FROM events WHERE {Removals} AND {key} = $1
                UNION SELECT client FROM events WHERE {Removals} AND {ip} = $1
                UNION SELECT client FROM events WHERE {WithHostname} AND {hostname} = $1
                UNION SELECT client FROM events WHERE {Renames} AND {previous} = $1
                UNION SELECT client FROM events WHERE {WithHostname} AND {hostname} = $2 AND {fqdn} = $1),
            keys(key) AS (
                SELECT public_key FROM clients WHERE id IN (SELECT client FROM named)
                UNION SELECT {key} FROM events WHERE {Removals} AND client IN (SELECT client FROM named)),
            about(client) AS (
                SELECT client FROM named
                UNION SELECT id FROM clients WHERE public_key IN (SELECT key FROM keys)
                UNION SELECT client FROM events WHERE {Removals} AND {key} IN (SELECT key FROM keys))
            SELECT {Columns} FROM events WHERE client IN (SELECT client FROM about) AND hook IS NULL AND (CAST($3 AS TEXT) IS NULL OR fleet = $3)
            ORDER BY seq DESC LIMIT $4
            """;
        Filtered =
            $"""
            SELECT {Columns} FROM events
            WHERE hook IS NULL AND seq < $1 AND seq >= $2 AND seq > $3
                AND (CAST($4 AS TEXT) IS NULL OR type = $4) AND (CAST($5 AS TEXT) IS NULL OR fleet = $5)
                AND (CAST($6 AS TEXT) IS NULL OR ({dialect.EventContains("$6")} AND $6 IN ({hostname}, {previous}, {ip}, {key}, {fqdn})))
            ORDER BY seq DESC LIMIT $7
            """;
    }

    /// <summary>
    /// The latest events of the clients that ever had a name, full name, address or key. $1 is what is asked for, $2 the part of it before the first dot: a
    /// full name is found by its hostname. $3 is the fleet or null, $4 the limit, $5 the live client that is meant, if the caller knows it. A restored client,
    /// or one that registered again with its key, has another number than before.
    /// </summary>
    public string History { get; }

    /// <summary>The latest events that match a filter: numbers before $1, from $2 on, behind $3; type $4, fleet $5, client $6, each may be null; limit $7.</summary>
    public string Filtered { get; }

    /// <summary>The removals since the time $1, the latest first.</summary>
    public static string RemovedSince { get; } = $"SELECT {Columns} FROM events WHERE type = 'client.removed' AND time >= $1 AND hook IS NULL ORDER BY time DESC, seq DESC";
}
