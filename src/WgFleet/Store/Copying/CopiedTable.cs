namespace WgFleet.Store.Copying;

/// <summary>A table that a copy of a database has too.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Key">The column that each of its rows has another value of, in whose order the rows are copied.</param>
internal sealed record CopiedTable(string Name, string Key)
{
    /// <summary>
    /// All tables but two: schema_migrations says what a database itself has had, and PostgreSQL's log has only the highest event number. The rowid of a
    /// delivery is given anew, in the same order.
    /// </summary>
    public static readonly IReadOnlyList<CopiedTable> All =
    [
        new("clients", "id"), new("removed_clients", "seq"), new("events", "seq"), new("hook_state", "hook"), new("deliveries", "rowid"), new("tokens", "id"),
        new("frozen_fleets", "fleet"), new("written_files", "path"), new("approvals", "id"), new("leases", "shard"), new("fleet_keys", "fleet"),
        new("rosters", "fleet"),
    ];
}
