using WgFleet.Store.Engine;

namespace WgFleet.Store.Rosters;

/// <summary>The roster of a fleet, as an operator set it.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Text">The CSV.</param>
/// <param name="At">When it was set.</param>
/// <param name="By">Who set it.</param>
internal sealed record StoredRoster(string Fleet, string Text, DateTimeOffset At, string By);

/// <summary>The table rosters, with a row for each fleet whose roster an operator has set.</summary>
internal static class RosterTable
{
    private const string Columns = "fleet, csv, set_at, set_by";

    public static List<StoredRoster> Load(Connection connection) =>
        connection.Query($"SELECT {Columns} FROM rosters", row => new StoredRoster(row[0].Text, row[1].Text, row[2].Time, row[3].Text));

    /// <summary>Replaces the roster of a fleet.</summary>
    public static void Set(Connection connection, StoredRoster roster)
    {
        Delete(connection, roster.Fleet);
        connection.Execute($"INSERT INTO rosters ({Columns}) VALUES ($1, $2, $3, $4)", roster.Fleet, roster.Text, roster.At, roster.By);
    }

    public static void Delete(Connection connection, string fleet) => connection.Execute("DELETE FROM rosters WHERE fleet = $1", fleet);
}
