using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>How far the hooks have come and what became of their deliveries, for requests: read off their thread, without holding up the writer.</summary>
/// <remarks>All methods throw <see cref="StoreException"/> if the database cannot be read, or not in time.</remarks>
internal sealed class HookQueries(Database database)
{
    /// <summary>The queries of <see cref="BacklogsAsync"/>. Counting reads every row, so that above 10,000 events the lag is the difference of event numbers instead.</summary>
    public const string Backlogs =
        """
        SELECT s.hook, s.paused,
            (SELECT CASE WHEN count(*) <= 10000 THEN count(*) ELSE (SELECT max(seq) FROM events) - s.cursor END FROM (
                SELECT 1 FROM events e WHERE e.seq > s.cursor AND e.hook IS NULL LIMIT 10001) AS behind),
            (SELECT e.time FROM events e WHERE e.seq > s.cursor AND e.hook IS NULL ORDER BY e.seq LIMIT 1),
            (SELECT count(*) FROM deliveries d WHERE d.hook = s.hook AND d.state = 'pending'),
            (SELECT count(*) FROM deliveries d WHERE d.hook = s.hook AND d.state = 'dead')
        FROM hook_state s ORDER BY s.hook
        """;

    /// <summary>The names of all hooks that ever ran here and were not forgotten, also those that are no longer configured.</summary>
    public Task<List<string>> NamesAsync(CancellationToken cancellationToken) => database.ReadAsync(c => HookStateTable.All(c).ConvertAll(s => s.Hook), cancellationToken);

    /// <summary>How every hook stands that ever ran here and was not forgotten, also those that are no longer configured.</summary>
    public Task<List<HookBacklog>> BacklogsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        c => c.Query(Backlogs, row => new HookBacklog(row[0].Text, row[1].TextOrNull, row[2].Number, row[3].TimeOrNull, row[4].Number, row[5].Number)), cancellationToken);

    /// <summary>The latest deliveries of hooks in one of these states, with the event of each: hook by hook and state by state, the last to end first.</summary>
    /// <param name="hooks">The hooks.</param>
    /// <param name="states">The states.</param>
    /// <param name="limit">How many of each hook and state at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The deliveries; the event is null if it is no longer kept.</returns>
    public Task<List<(DeliveryRow Row, EventRow? Event)>> DeliveriesAsync(
        IReadOnlyCollection<string> hooks, IReadOnlyCollection<DeliveryState> states, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        c => hooks.SelectMany(hook => states.SelectMany(state => DeliveryTable.Latest(c, hook, state, limit))).Select(row => (row, EventTable.Find(c, row.Seq))).ToList(),
        cancellationToken);

    /// <summary>One delivery, with its event; null if there is none.</summary>
    public Task<(DeliveryRow Row, EventRow? Event)?> DeliveryAsync(string hook, long sequence, CancellationToken cancellationToken) =>
        database.ReadAsync<(DeliveryRow, EventRow?)?>(c => DeliveryTable.Find(c, hook, sequence) is { } row ? (row, EventTable.Find(c, sequence)) : null, cancellationToken);
}

/// <summary>What waits for a hook, according to the database.</summary>
/// <param name="Hook">The name of the hook.</param>
/// <param name="Paused">Why it is paused; null if it is not.</param>
/// <param name="Lag">How many events it has neither handled nor stored as deliveries; above 10,000 the difference of event numbers, which counts events of other hooks too.</param>
/// <param name="Oldest">When the first of them happened; null if there are none.</param>
/// <param name="Pending">Deliveries that wait or are under way.</param>
/// <param name="Dead">Deliveries that were given up.</param>
internal sealed record HookBacklog(string Hook, string? Paused, long Lag, DateTimeOffset? Oldest, long Pending, long Dead);
