using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using WgFleet.Hosting;
using WgFleet.Store.Migrations;

namespace WgFleet.Store;

/// <summary>
/// The SQLite file: one connection, used by one writer at a time, every commit on disk before it returns. All methods block.
/// </summary>
internal sealed class FleetStore : IDisposable
{
    private readonly string _path;
    private readonly StoreLock _lock;

    // One connection, one user at a time: SQLite has one writer anyway, and waiting here is cheaper than its busy loop.
    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly ClientTable _clients;
    private readonly TombstoneTable _tombstones;

    // Made at its first use: a start that finds everything in order does without Entity Framework.
    private readonly Lazy<DbContextOptions<FleetDb>> _options;

    private FleetStore(string path, StoreLock held, SqliteConnection connection)
    {
        _path = path;
        _lock = held;
        _connection = connection;
        _clients = new ClientTable(connection);
        _tombstones = new TombstoneTable(connection);
        _options = new(() => OptionsFor(connection));
    }

    /// <summary>Opens the file, makes it or brings it up to date; adopts one that the Python server wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="log">Hears of an adoption.</param>
    /// <param name="busySeconds">How long to wait for another program that has locked the file.</param>
    /// <exception cref="StartupException">It is held by another process, corrupt, read-only, or its folder is missing.</exception>
    public static FleetStore Open(string path, ILogger log, int busySeconds = 5)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            throw new StartupException($"database folder {folder} does not exist: create it, or set 'database' in the config");

        var held = StoreLock.Take(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = busySeconds }.ToString());
        try
        {
            connection.Open();
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={1000 * busySeconds}"));
            if (!IsMigrated(connection))
                Migrate(connection, path, log);

            Execute(connection, "PRAGMA journal_mode=WAL");
            Execute(connection, "PRAGMA synchronous=FULL");

            // Whether it can be written at all, before anything else is touched.
            Execute(connection, "BEGIN IMMEDIATE");
            Execute(connection, "ROLLBACK");
            return new FleetStore(path, held, connection);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection.Dispose();
            held.Dispose();
            throw new StartupException(Explain(path, e), e);
        }
        catch
        {
            connection.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>All clients, in the order of their ids.</summary>
    /// <exception cref="StartupException">The file is corrupt in the middle, or something else has written to it.</exception>
    public IReadOnlyList<ClientRow> LoadClients() => Load(_ => _clients.Load());

    /// <summary>The fleets that are frozen, also those that the configuration has no more.</summary>
    /// <exception cref="StartupException">As for <see cref="LoadClients"/>.</exception>
    public IReadOnlyList<FrozenRow> LoadFrozen() => Load(FrozenTable.Load);

    /// <summary>Clients that were removed before the event of a number, the latest first; of one fleet, or with null of all.</summary>
    public IReadOnlyList<TombstoneRow> Removed(string? fleet, long before, int limit) => ReadByHand(c => TombstoneTable.Page(c, fleet, before, limit));

    /// <summary>Those that had this address, key, name or name.fleet, the latest first.</summary>
    public IReadOnlyList<TombstoneRow> FindRemoved(string text, string? fleet, int limit) => ReadByHand(c => TombstoneTable.Find(c, text, fleet, limit));

    /// <summary>Whether what is kept of the client that was removed by the event of this number still is.</summary>
    public bool IsRemoved(long sequence) => ReadByHand(c => TombstoneTable.Has(c, sequence));

    /// <summary>The highest id of those; 0 if there are none.</summary>
    public long LastRemovedId() => ReadByHand(TombstoneTable.LastId);

    /// <summary>The highest event number ever given, also if its row is gone.</summary>
    public long LastSequence() => ReadByHand(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT seq FROM sqlite_sequence WHERE name = 'events'";
        return command.ExecuteScalar() is long sequence ? sequence : 0;
    });

    /// <summary>Commits a batch: all of it, on disk, or nothing.</summary>
    /// <exception cref="SqliteException">The disk is full, the file is locked for 5 s or broken; nothing was written.</exception>
    public void Commit(StoreBatch batch) => WriteByHand(() =>
    {
        _clients.Write(batch);
        FrozenTable.Write(_connection, batch.Frozen);
        _tombstones.Write(batch);
    });

    /// <summary>Takes back rows, events and uses of tokens of a batch that nobody was told of.</summary>
    /// <exception cref="SqliteException">As for <see cref="Commit"/>.</exception>
    public void Undo(IReadOnlyCollection<long> clientIds, IReadOnlyCollection<long> sequences, IReadOnlyCollection<string> tokens) =>
        WriteByHand(() => _clients.Undo(clientIds, sequences, tokens));

    /// <summary>Saves when clients were last heard of.</summary>
    public void SaveActivity(IReadOnlyCollection<(long Id, DateTime Timestamp, DateTime? LastHandshake)> activities) =>
        WriteQuickly(_ => _clients.Seen(activities));

    /// <summary>Reads by statements of the caller's own, for what every start reads.</summary>
    public T ReadByHand<T>(Func<SqliteConnection, T> read)
    {
        lock (_gate)
            return read(_connection);
    }

    /// <summary>Reads by Entity Framework.</summary>
    public T Read<T>(Func<FleetDb, T> read)
    {
        lock (_gate)
        {
            using var db = new FleetDb(_options.Value);
            return read(db);
        }
    }

    /// <summary>Writes by Entity Framework, in one transaction that is on disk when this returns.</summary>
    public void Write(Action<FleetDb> write)
    {
        lock (_gate)
        {
            using var db = new FleetDb(_options.Value);
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            using var transaction = db.Database.BeginTransaction();
            write(db);
            transaction.Commit();
        }
    }

    /// <summary>
    /// Writes in one transaction without waiting for the disk: it survives the end of the process, and perhaps not a power
    /// cut. For what may come twice or late.
    /// </summary>
    public void WriteQuickly(Action<SqliteConnection> write)
    {
        lock (_gate)
        {
            Execute(_connection, "PRAGMA synchronous=NORMAL");
            try
            {
                Transact(() => write(_connection));
            }
            finally
            {
                Execute(_connection, "PRAGMA synchronous=FULL");
            }
        }
    }

    public void Dispose()
    {
        _clients.Dispose();
        _tombstones.Dispose();
        _connection.Dispose();
        _lock.Dispose();
    }

    private static DbContextOptions<FleetDb> OptionsFor(SqliteConnection connection) =>
        new DbContextOptionsBuilder<FleetDb>().UseSqlite(connection)
            // The migrations are written by hand, without the snapshot of the model that this would compare with.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options;

    private static bool IsMigrated(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsHistory'";
        if (command.ExecuteScalar() is not 1L)
            return false;

        var missing = Known.All.ToHashSet();
        command.CommandText = "SELECT MigrationId FROM __EFMigrationsHistory";
        using var row = command.ExecuteReader();
        while (row.Read())
            missing.Remove(row.GetString(0));

        return missing.Count == 0;
    }

    private static void Migrate(SqliteConnection connection, string path, ILogger log)
    {
        using var db = new FleetDb(OptionsFor(connection));

        // Migrating takes a lock in the file itself, which a crash would leave there for good; ours is the one that counts.
        Execute(connection, "DROP TABLE IF EXISTS __EFMigrationsLock");
        Adoption.Prepare(db, path, log);
        db.Database.Migrate();
    }

    private T Load<T>(Func<SqliteConnection, T> read)
    {
        try
        {
            return ReadByHand(read);
        }
        catch (Exception e) when (e is SqliteException or FormatException or InvalidCastException or InvalidOperationException)
        {
            throw new StartupException(Explain(_path, e), e);
        }
    }

    private void WriteByHand(Action write)
    {
        lock (_gate)
            Transact(write);
    }

    // Commands made with the connection join the transaction that is open on it.
    private void Transact(Action write)
    {
        try
        {
            Execute(_connection, "BEGIN IMMEDIATE");
            write();
            Execute(_connection, "COMMIT");
        }
        catch
        {
            TryRollBack();
            throw;
        }
    }

    private void TryRollBack()
    {
        try
        {
            Execute(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite had rolled back by itself.
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Explain(string path, Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: 26 or 11 } =>
            $"database {path} is corrupt or not a database ({e.Message}): nothing was changed; restore a backup or move the file away",
        SqliteException { SqliteErrorCode: 8 or 14 } =>
            $"database {path} cannot be opened for writing ({e.Message}): check its owner, mode and file system",
        SqliteException { SqliteErrorCode: 5 or 6 } =>
            $"database {path} is locked by another program ({e.Message}): stop it and start again",
        SqliteException { SqliteErrorCode: 13 } => $"database {path}: the disk is full; free some space and start again",
        _ => $"database {path} cannot be used: {e.Message}",
    };
}
