namespace WgFleet.Store.Engine;

/// <summary>Brings a database to the schema of this program, with one transaction for each migration.</summary>
internal static class Migrator
{
    /// <summary>Applies the migrations after a version.</summary>
    /// <exception cref="StoreException">The database cannot be written; migrations before the one that failed were applied.</exception>
    public static void Apply(Connection connection, IReadOnlyList<Migration> migrations, int after)
    {
        foreach (var migration in migrations.Where(m => m.Version > after))
        {
            connection.Transact(c =>
            {
                c.Run(migration.Sql);
                SchemaVersion.Record(c, migrations, migration.Version);
            });
        }
    }
}
