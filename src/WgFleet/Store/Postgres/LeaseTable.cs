using WgFleet.Store.Engine;

namespace WgFleet.Store.Postgres;

/// <summary>The table leases, whose one row says which gateway may write. Only PostgreSQL's clock counts. Each method is one statement.</summary>
internal static class LeaseTable
{
    // pg_control_checkpoint() would be late: it tells the new timeline after a checkpoint.
    private const string Timeline = "CAST(CAST('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS bit(32)) AS bigint)";

    // A write waits for a taking that is under way, and a taking for the writes that are: the row's key has the epoch.
    private const string Held = $"SELECT epoch FROM leases WHERE shard = 'all' AND holder = $1 AND timeline = $2 AND epoch = $3 AND timeline = {Timeline} FOR KEY SHARE";

    // An end of the lease that is further away than the longest lease was written by another clock.
    private const string TakeIt =
        $"""
        UPDATE leases SET previous = holder, holder = $1, timeline = {Timeline}, epoch = epoch + 1, granted_at = clock_timestamp(), expires_at = clock_timestamp() + CAST($2 AS interval)
        WHERE shard = 'all' AND (holder IS NULL OR holder = $1 OR expires_at <= clock_timestamp() OR expires_at > clock_timestamp() + interval '70 s')
        RETURNING timeline, epoch, previous
        """;

    private const string RenewIt =
        $"UPDATE leases SET expires_at = clock_timestamp() + CAST($4 AS interval) WHERE shard = 'all' AND holder = $1 AND timeline = $2 AND epoch = $3 AND timeline = {Timeline}";

    private const string ReleaseIt = "UPDATE leases SET holder = NULL, previous = holder, expires_at = NULL WHERE shard = 'all' AND holder = $1 AND timeline = $2 AND epoch = $3";

    /// <summary>Checks that PostgreSQL tells its timeline.</summary>
    /// <exception cref="StoreException">It does not.</exception>
    public static void CheckTimeline(Connection connection) => connection.Number($"SELECT {Timeline}");

    /// <summary>Makes the row, unless it is there.</summary>
    public static void Prepare(Connection connection) =>
        connection.Execute("INSERT INTO leases (shard, timeline, epoch) VALUES ('all', 0, 0) ON CONFLICT DO NOTHING");

    /// <summary>Whether the lease is still this one; nobody can take it before the transaction that is open ends.</summary>
    public static bool IsHeld(Connection connection, LeaseToken token) => connection.Number(Held, token.Holder, token.Timeline, token.Epoch) is not null;

    /// <summary>Takes the lease for a gateway if it is free, has expired or is the gateway's own; null if another gateway holds it.</summary>
    public static TakenLease? Take(Connection connection, string gateway, TimeSpan duration) => connection.First(
        TakeIt, row => new TakenLease(new LeaseToken(gateway, row[0].Number, row[1].Number), Cause(row[1].Number, row[2].TextOrNull, gateway)), gateway, Text(duration));

    /// <summary>Makes the lease last longer. False if it is no longer this one.</summary>
    public static bool Renew(Connection connection, LeaseToken token, TimeSpan duration) =>
        connection.Execute(RenewIt, token.Holder, token.Timeline, token.Epoch, Text(duration)) > 0;

    /// <summary>Gives the lease back, so that another gateway can take it at once.</summary>
    public static void Release(Connection connection, LeaseToken token) => connection.Execute(ReleaseIt, token.Holder, token.Timeline, token.Epoch);

    /// <summary>The gateway that holds the lease; empty if none does.</summary>
    public static string Holder(Connection connection) => connection.First("SELECT holder FROM leases WHERE shard = 'all'", row => row[0].TextOrNull ?? "") ?? "";

    private static LeaseCause Cause(long epoch, string? previous, string gateway) =>
        previous == gateway ? LeaseCause.Own : previous is not null ? LeaseCause.Expired : epoch == 1 ? LeaseCause.First : LeaseCause.Released;

    private static string Text(TimeSpan duration) => FormattableString.Invariant($"{duration.TotalMilliseconds:0} milliseconds");
}

/// <summary>A lease that was taken.</summary>
/// <param name="Token">What proves it.</param>
/// <param name="Cause">Why it could be taken.</param>
internal sealed record TakenLease(LeaseToken Token, LeaseCause Cause);

/// <summary>Why a gateway could take the lease.</summary>
internal enum LeaseCause
{
    /// <summary>No gateway has had it before.</summary>
    First,

    /// <summary>The gateway before gave it back.</summary>
    Released,

    /// <summary>The gateway before did not renew it in time.</summary>
    Expired,

    /// <summary>It was this gateway's own, before it was started again or lost PostgreSQL.</summary>
    Own,
}
