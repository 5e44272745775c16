using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>How far a hook has come in the event log, and whether it is paused.</summary>
/// <param name="Hook">The name of the hook.</param>
/// <param name="Cursor">The number of the last event that the hook has handled or stored as a delivery.</param>
/// <param name="Paused">Why it is paused; null if it is not.</param>
internal sealed record HookStateRow(string Hook, long Cursor, string? Paused);

/// <summary>The table hook_state: one row for each hook that ever ran here. Used within the transaction that is open on the connection.</summary>
internal static class HookStateTable
{
    private const string Columns = "hook, cursor, paused";

    public static HookStateRow? Find(Connection connection, string hook) =>
        connection.First($"SELECT {Columns} FROM hook_state WHERE hook = $1", Read, hook);

    public static List<HookStateRow> All(Connection connection) => connection.Query($"SELECT {Columns} FROM hook_state ORDER BY hook", Read);

    public static void Insert(Connection connection, HookStateRow state) =>
        connection.Execute($"INSERT INTO hook_state ({Columns}) VALUES ($1, $2, $3)", state.Hook, state.Cursor, state.Paused);

    /// <summary>Moves cursors forward, never back.</summary>
    public static void Advance(Connection connection, IEnumerable<string> hooks, long cursor) => connection.Execute(
        $"UPDATE hook_state SET cursor = $1 WHERE cursor < $1 AND hook IN (SELECT value FROM {connection.Dialect.Each("$2")})", cursor, JsonList.Of(hooks));

    public static void SetPaused(Connection connection, string hook, string? reason) =>
        connection.Execute("UPDATE hook_state SET paused = $1 WHERE hook = $2", reason, hook);

    /// <summary>Deletes the state of a hook; false if there was none.</summary>
    public static bool Delete(Connection connection, string hook) => connection.Execute("DELETE FROM hook_state WHERE hook = $1", hook) > 0;

    private static HookStateRow Read(Row row) => new(row[0].Text, row[1].Number, row[2].TextOrNull);
}
