using WgFleet.Store.Engine;
using WgFleet.WireGuard;

namespace WgFleet.Store.Keys;

/// <summary>The private key of a fleet that several gateways share, sealed with a key file that the database does not have.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="PublicKey">Its public key.</param>
/// <param name="Sealed">The private key.</param>
internal sealed record FleetKeyRow(string Fleet, WireGuardKey PublicKey, string Sealed);

/// <summary>The table fleet_keys. Used within the transaction that is open on the connection.</summary>
internal static class FleetKeyTable
{
    /// <exception cref="FormatException">Another program has written into it.</exception>
    public static List<FleetKeyRow> Load(Connection connection) => connection.Query(
        "SELECT fleet, public_key, sealed FROM fleet_keys ORDER BY fleet", row => new FleetKeyRow(row[0].Text, WireGuardKey.Parse(row[1].Text), row[2].Text));

    /// <summary>Adds keys. A fleet that has one keeps it.</summary>
    public static void Add(Connection connection, IReadOnlyList<FleetKeyRow> keys) => connection.Insert(
        "fleet_keys", "fleet, public_key, sealed", [.. keys.Select(k => new object?[] { k.Fleet, k.PublicKey.ToString(), k.Sealed })], " ON CONFLICT DO NOTHING");
}
