using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>A fleet that is frozen.</summary>
internal sealed record FrozenFleet(string Fleet, DateTimeOffset Since, string By);

/// <summary>The table frozen_fleets: a fleet without a row is not frozen.</summary>
internal static class FrozenFleetTable
{
    private const string Columns = "fleet, since, frozen_by";

    public static List<FrozenFleet> Load(Connection connection) =>
        connection.Query($"SELECT {Columns} FROM frozen_fleets", row => new FrozenFleet(row[0].Text, row[1].Time, row[2].Text));

    public static void Insert(Connection connection, FrozenFleet fleet) =>
        connection.Execute($"INSERT INTO frozen_fleets ({Columns}) VALUES ($1, $2, $3)", fleet.Fleet, fleet.Since, fleet.By);

    public static void Delete(Connection connection, string fleet) => connection.Execute("DELETE FROM frozen_fleets WHERE fleet = $1", fleet);
}
