using WgFleet.Hosting;
using WgFleet.Linux;

namespace WgFleet.Store.Engine;

/// <summary>
/// The database file: one connection that writes, one caller at a time, and others that read. The one place that knows the
/// engine; above it there are connections, transactions and <see cref="StoreException"/>.
/// </summary>
internal sealed class Database : IDisposable
{
    /// <summary>Room on the disk, in bytes, from which on a full disk is no longer full.</summary>
    private const long MinFreeSpace = 1024 * 1024;

    private readonly StoreLock _lock;
    private readonly Readers _readers;

    // SQLite has one writer at a time anyway, and waiting here is cheaper than its busy loop.
    private readonly Lock _gate = new();
    private readonly Connection _writer;
    private readonly (ulong Device, ulong Inode)? _identity;
    private bool? _isRelaxed;
    private volatile StoreException? _trouble;

    private Database(string path, StoreLock held, Connection writer, int busySeconds)
    {
        Path = path;
        _lock = held;
        _writer = writer;
        _readers = new Readers(path, busySeconds);
        _identity = Interop.IdentityOf(path);
    }

    /// <summary>The file, as the configuration names it.</summary>
    public string Path { get; }

    /// <summary>Opens the file, makes it or upgrades it; adopts one of the Python server. Blocks.</summary>
    /// <param name="path">The file.</param>
    /// <param name="log">Is told of an adoption or an upgrade.</param>
    /// <param name="busySeconds">How long to wait for another program that has locked the file.</param>
    /// <exception cref="StartupException">It is held by another process, newer than this program, corrupt or read-only, or its folder is missing.</exception>
    public static Database Open(string path, ILogger log, int busySeconds = 5)
    {
        RefuseMissingDirectory(path);
        var held = StoreLock.Take(path);
        Connection? writer = null;
        try
        {
            Create(path);
            writer = Connection.Open(path, isReadOnly: false, busySeconds);
            Migrator.Run(writer, path, log);
            MakePrivate(path);
            writer.Run("PRAGMA journal_mode=WAL");

            // After a long read the write-ahead log may be large; it is cut when it is begun anew.
            writer.Run("PRAGMA journal_size_limit=4194304");

            // Whether it can be written at all, before anything else is touched.
            writer.Run("BEGIN IMMEDIATE");
            writer.Run("ROLLBACK");
            return new Database(path, held, writer, busySeconds);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            held.Dispose();
            if (e is StoreException or IOException or UnauthorizedAccessException)
                throw Refusal(path, e);

            throw;
        }
    }

    /// <summary>
    /// Refuses what <see cref="Open"/> would refuse, in the same words, as far as that can be seen without changing anything. A server may have the
    /// file open meanwhile. Blocks.
    /// </summary>
    /// <exception cref="StartupException">The directory is missing, the file is not a database, or it is newer than this program.</exception>
    public static void Check(string path)
    {
        RefuseMissingDirectory(path);
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
            return;

        try
        {
            // An open in the usual way would make files beside it.
            using var connection = Connection.Open($"file:{Uri.EscapeDataString(path).Replace("%2F", "/")}?immutable=1", isReadOnly: true, busySeconds: 1);
            Migrator.RefuseNewer(SchemaVersion.Read(connection), path);
        }
        catch (StoreException e) when (e.Error == StoreError.Corrupt && !File.Exists(path + "-wal"))
        {
            throw Refusal(path, e);
        }
        catch (StoreException)
        {
            // A server that has it open may be writing to it at this moment.
        }
    }

    /// <summary>Writes something that changes nothing, to find out whether the database accepts writes. Blocks.</summary>
    /// <exception cref="StoreException">It does not.</exception>
    public void CheckWritable() => Write(connection => connection.Run($"PRAGMA user_version = {connection.Number("PRAGMA user_version") ?? 0}"));

    /// <summary>Reads on a connection of its own, as of one moment. Blocks: for work in the background and the start.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public T Read<T>(Func<Connection, T> read) => _readers.Read(read);

    /// <summary>Reads on a connection and a thread of its own: for requests.</summary>
    /// <exception cref="StoreException">The database cannot be read, or not in time.</exception>
    public Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellationToken) => _readers.ReadAsync(read, cancellationToken);

    /// <summary>Reads what a start needs. Blocks.</summary>
    /// <exception cref="StartupException">The file is damaged, or something else has written to it.</exception>
    public T Load<T>(Func<Connection, T> read)
    {
        try
        {
            return Read(read);
        }
        catch (Exception e) when (e is StoreException or FormatException or InvalidCastException or InvalidOperationException)
        {
            throw Refusal(Path, e);
        }
    }

    /// <summary>Writes in one transaction that is on disk when this returns. Blocks.</summary>
    /// <exception cref="StoreException">The disk is full, the file is locked or broken; nothing was written.</exception>
    public void Write(Action<Connection> write) => Write(isRelaxed: false, connection =>
    {
        write(connection);
        return true;
    });

    /// <summary>Writes in one transaction that is on disk when this returns. Blocks.</summary>
    /// <exception cref="StoreException">The disk is full, the file is locked or broken; nothing was written.</exception>
    public T Write<T>(Func<Connection, T> write) => Write(isRelaxed: false, write);

    /// <summary>
    /// Writes in one transaction without waiting for the disk: it survives the end of the process, and perhaps not a power
    /// cut. For what may be repeated or come late. Blocks.
    /// </summary>
    /// <exception cref="StoreException">The disk is full, the file is locked or broken; nothing was written.</exception>
    public T WriteRelaxed<T>(Func<Connection, T> write) => Write(isRelaxed: true, write);

    /// <summary>
    /// Makes sure that the file is still the one that its path names, and after a write that failed that it can be written again. Blocks.
    /// </summary>
    /// <exception cref="StoreException">What is wrong, and what to do.</exception>
    public void Check()
    {
        CheckFile();

        if (_trouble is not { } trouble)
            return;

        // Pages that a failed write has left in the write-ahead log would take a small write, but not the next registrations.
        if (trouble.Error == StoreError.Full && new DriveInfo(System.IO.Path.GetDirectoryName(Path)!).AvailableFreeSpace < MinFreeSpace)
            throw trouble;

        // A row that is written as it is: that takes room in the write-ahead log, and changes nothing.
        Write(c => c.Execute("UPDATE schema_migrations SET name = name WHERE version = 1"));
    }

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        _lock.Dispose();
    }

    private T Write<T>(bool isRelaxed, Func<Connection, T> write)
    {
        lock (_gate)
        {
            if (_isRelaxed != isRelaxed)
            {
                // Not a prepared statement: SQLite does this when it prepares one, and nothing when it runs it.
                _writer.Run(isRelaxed ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL");
                _isRelaxed = isRelaxed;
            }

            CheckFile();
            try
            {
                var result = _writer.Transact(write);
                _trouble = null;
                return result;
            }
            catch (StoreException e) when (e.Error is StoreError.Full or StoreError.NotWritable or StoreError.Unavailable or StoreError.Corrupt)
            {
                _trouble = e;
                throw;
            }
        }
    }

    // A file that was deleted or replaced can still be written, and all of it is lost when the server ends.
    private void CheckFile()
    {
        if (Interop.IdentityOf(Path) != _identity)
        {
            throw new StoreException(
                StoreError.Unavailable, $"database {Path} was deleted or replaced while the server uses it: put the file back and restart, or restart with what is there now");
        }
    }

    private static void Create(string path)
    {
        if (!File.Exists(path))
            new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DatabaseCopy.Private }).Dispose();
    }

    /// <summary>Lets nobody but its owner read a database that is ours. SQLite gives the files that it makes beside it the same mode.</summary>
    private static void MakePrivate(string path)
    {
        foreach (var file in new[] { path, path + "-wal", path + "-shm" }.Where(File.Exists))
        {
            if (File.GetUnixFileMode(file) != DatabaseCopy.Private)
                File.SetUnixFileMode(file, DatabaseCopy.Private);
        }
    }

    private static void RefuseMissingDirectory(string path)
    {
        var directory = System.IO.Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
            throw new StartupException($"database directory {directory} does not exist: create it, or set 'database' in the config");
    }

    private static StartupException Refusal(string path, Exception e) => new(
        (e as StoreException)?.Error switch
        {
            StoreError.Corrupt => $"database {path} is corrupt or not a database ({e.Message}): nothing was changed; restore a backup or move the file away",
            StoreError.NotWritable => $"database {path} cannot be opened for writing ({e.Message}): check its owner, mode and file system",
            StoreError.Busy => $"database {path} is locked by another program ({e.Message}): stop it and start again",
            StoreError.Full => $"database {path}: the disk is full; free some space and start again",
            _ => $"database {path} cannot be used: {e.Message}",
        },
        e);
}
