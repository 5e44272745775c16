using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WgFleet.Store;

/// <summary>
/// The SQLite file: one connection, used by one writer at a time, every commit on disk before it returns. All methods block.
/// </summary>
internal sealed class FleetStore : IDisposable
{
    // A row outside its fleet's subnet is nobody's, but its name would still be unique: it goes to who asks for it now.
    private const string TakeName =
        """
        UPDATE clients SET hostname = NULL
        WHERE hostname = $hostname AND id <> $id AND fleet_id = (SELECT fleet_id FROM clients WHERE id = $id);
        UPDATE clients SET hostname = $hostname WHERE id = $id
        """;

    private readonly string _path;
    private readonly StoreLock _lock;

    // One connection, one user at a time: SQLite has one writer anyway, and waiting here is cheaper than its busy loop.
    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly DbContextOptions<FleetDb> _options;

    private FleetStore(string path, StoreLock held, SqliteConnection connection, DbContextOptions<FleetDb> options)
    {
        _path = path;
        _lock = held;
        _connection = connection;
        _options = options;
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
            var options = new DbContextOptionsBuilder<FleetDb>().UseSqlite(connection)
                // The migrations are written by hand, without the snapshot of the model that this would compare with.
                .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
                .Options;
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={1000 * busySeconds}"));
            using (var db = new FleetDb(options))
            {
                // Migrating takes a lock in the file itself, which a crash would leave there for good; ours is the one that counts.
                Execute(connection, "DROP TABLE IF EXISTS __EFMigrationsLock");
                Adoption.Prepare(db, path, log);
                db.Database.Migrate();
            }

            Execute(connection, "PRAGMA journal_mode=WAL");
            Execute(connection, "PRAGMA synchronous=FULL");
            return new FleetStore(path, held, connection, options);
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
    public IReadOnlyList<ClientRow> LoadClients()
    {
        try
        {
            return Read(db => db.Clients.AsNoTracking().OrderBy(c => c.Id).ToList());
        }
        catch (Exception e) when (e is SqliteException or FormatException or InvalidCastException or InvalidOperationException)
        {
            throw new StartupException(Explain(_path, e), e);
        }
    }

    /// <summary>The highest event number ever given, also if its row is gone.</summary>
    public long LastSequence() => Read(db =>
        db.Database.SqlQueryRaw<long>("SELECT seq AS Value FROM sqlite_sequence WHERE name = 'events'").FirstOrDefault());

    /// <summary>Commits a batch: all of it, on disk, or nothing.</summary>
    /// <exception cref="DbUpdateException">The disk is full, the file is locked for 5 s or broken; nothing was written.</exception>
    /// <exception cref="SqliteException">The same, of the statements that are not Entity Framework's.</exception>
    public void Commit(StoreBatch batch) => Write(db =>
    {
        // Before the others, which may take over an address or a name that a removal frees.
        foreach (var ids in batch.RemovedIds.Chunk(500))
            db.Clients.Where(c => ids.Contains(c.Id)).ExecuteDelete();

        foreach (var keys in batch.ReleasedKeys.Chunk(500))
            db.Clients.Where(c => keys.Contains(c.PublicKey)).ExecuteDelete();

        db.Clients.AddRange(batch.Added);
        db.Events.AddRange(batch.Events);
        db.SaveChanges();
        Rename(batch.Renamed);
    });


    /// <summary>Takes back rows and events of a batch that nobody was told of.</summary>
    public void Undo(IReadOnlyCollection<long> clientIds, IReadOnlyCollection<long> sequences) => Write(db =>
    {
        db.Clients.Where(c => clientIds.Contains(c.Id)).ExecuteDelete();
        db.Events.Where(e => sequences.Contains(e.Seq)).ExecuteDelete();
    });

    /// <summary>Saves when clients were last heard of.</summary>
    public void SaveActivity(IReadOnlyCollection<(long Id, DateTime Timestamp, DateTime? LastHandshake)> activities) => WriteQuickly(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE clients SET timestamp = $timestamp, last_handshake = $handshake WHERE id = $id";
        var (timestamp, handshake, id) = (
            command.Parameters.Add("$timestamp", SqliteType.Text),
            command.Parameters.Add("$handshake", SqliteType.Text),
            command.Parameters.Add("$id", SqliteType.Integer));
        foreach (var activity in activities)
        {
            timestamp.Value = UtcText.Write(activity.Timestamp);
            handshake.Value = activity.LastHandshake is { } at ? UtcText.Write(at) : DBNull.Value;
            id.Value = activity.Id;
            command.ExecuteNonQuery();
        }
    });

    /// <summary>Reads with the one connection.</summary>
    public T Read<T>(Func<FleetDb, T> read)
    {
        lock (_gate)
        {
            using var db = new FleetDb(_options);
            return read(db);
        }
    }

    /// <summary>Writes in one transaction that is on disk when this returns.</summary>
    public void Write(Action<FleetDb> write)
    {
        lock (_gate)
        {
            using var db = new FleetDb(_options);
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
                // Commands made with the connection join the transaction that is open on it.
                Execute(_connection, "BEGIN IMMEDIATE");
                write(_connection);
                Execute(_connection, "COMMIT");
            }
            catch
            {
                TryRollBack();
                throw;
            }
            finally
            {
                Execute(_connection, "PRAGMA synchronous=FULL");
            }
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
        _lock.Dispose();
    }

    // By hand: one prepared statement for a storm of thousands, in the order in which they were decided, since a later
    // one may take the name that an earlier one gave up. Within the transaction that is open.
    private void Rename(List<(long Id, string? Hostname)> renames)
    {
        if (renames.Count == 0)
            return;

        using var command = _connection.CreateCommand();
        command.CommandText = TakeName;
        var (hostname, id) = (command.Parameters.Add("$hostname", SqliteType.Text), command.Parameters.Add("$id", SqliteType.Integer));
        foreach (var rename in renames)
        {
            hostname.Value = (object?)rename.Hostname ?? DBNull.Value;
            id.Value = rename.Id;
            command.ExecuteNonQuery();
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
