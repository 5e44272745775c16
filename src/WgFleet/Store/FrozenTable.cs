using Microsoft.Data.Sqlite;

namespace WgFleet.Store;

/// <summary>The fleets that are frozen, as a table; used within the transaction that is open on the connection.</summary>
internal static class FrozenTable
{
    /// <summary>Writes which fleets are frozen now, and which are no more.</summary>
    public static void Write(SqliteConnection connection, IReadOnlyList<(string Fleet, FrozenRow? Row)> changes)
    {
        foreach (var (fleet, row) in changes)
        {
            using var command = connection.CreateCommand();
            command.Parameters.AddWithValue("$fleet", fleet);
            if (row is null)
            {
                command.CommandText = "DELETE FROM frozen_fleets WHERE fleet = $fleet";
            }
            else
            {
                command.CommandText = "INSERT INTO frozen_fleets (fleet, since, frozen_by) VALUES ($fleet, $since, $by)";
                command.Parameters.AddWithValue("$since", UtcText.Write(row.Since));
                command.Parameters.AddWithValue("$by", row.By);
            }

            command.ExecuteNonQuery();
        }
    }

    /// <summary>All of them.</summary>
    public static List<FrozenRow> Load(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT fleet, since, frozen_by FROM frozen_fleets";
        using var reader = command.ExecuteReader();
        var rows = new List<FrozenRow>();
        while (reader.Read())
            rows.Add(new FrozenRow { Fleet = reader.GetString(0), Since = UtcText.Read(reader.GetString(1)), By = reader.GetString(2) });

        return rows;
    }
}
