namespace WgFleet.Store.Engine;

/// <summary>Which migrations a database has had: the table schema_migrations, with one row for each.</summary>
internal static class SchemaVersion
{
    // Earlier versions used the table of Entity Framework. It stays, so that operators can go back to such a version.
    private static readonly string[] EntityFramework =
    [
        "20261122000001_PythonServer", "20261122000002_EventLog", "20261122000003_Deliveries", "20261122000004_Tokens",
        "20261122000005_FrozenFleets", "20261122000006_RemovedClients", "20261122000007_Enrollment",
    ];

    /// <summary>The number of the last migration that the database has had; 0 if it has had none.</summary>
    public static int Read(Connection connection)
    {
        if (connection.HasTable("schema_migrations"))
            return (int)(connection.Number("SELECT max(version) FROM schema_migrations") ?? 0);

        if (!connection.HasTable("__EFMigrationsHistory"))
            return 0;

        var applied = connection.Query("SELECT MigrationId FROM __EFMigrationsHistory", row => row[0].Text).ToHashSet();
        return EntityFramework.TakeWhile(applied.Contains).Count();
    }

    /// <summary>Whether the database has clients but no record of a migration: the Python server made it, or another program.</summary>
    public static bool IsPython(Connection connection) => Read(connection) == 0 && connection.HasTable("clients");

    /// <summary>Records that the migrations up to a version were applied, in the transaction that is open.</summary>
    public static void Record(Connection connection, IReadOnlyList<Migration> migrations, int version)
    {
        connection.Run(connection.Dialect.CreateSchemaMigrations);
        foreach (var migration in migrations.Where(m => m.Version <= version))
        {
            connection.Execute(
                "INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                migration.Version, migration.Name, DateTime.UtcNow);
        }
    }
}
