using System.Diagnostics.CodeAnalysis;
using WgFleet.Hosting;
using WgFleet.Linux;

namespace WgFleet.Store.Engine;

/// <summary>
/// The database file: one connection that writes, one caller at a time, and others that read. The one place that knows the
/// engine; above it there are connections, transactions and <see cref="StoreException"/>.
/// </summary>
internal sealed class Database : IDisposable
{
    /// <summary>Free space in bytes above which the disk no longer counts as full.</summary>
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

    /// <summary>Opens the file, and creates, upgrades or adopts it if necessary. Blocks.</summary>
    /// <param name="path">The file.</param>
    /// <param name="log">Is told of an adoption or an upgrade.</param>
    /// <param name="busySeconds">How long to wait for another program that has locked the file.</param>
    /// <exception cref="StartupException">It is held by another process, newer than this program, corrupt or read-only, or its directory is missing.</exception>
    public static Database Open(string path, ILogger log, int busySeconds = 5)
    {
        RefuseMissingDirectory(path);
        var held = StoreLock.Take(path);
        Connection? writer = null;
        try
        {
            Create(path);
            held.LockDatabase(path);
            writer = Connection.Open(path, isReadOnly: false, busySeconds);
            Migrator.Run(writer, path, log);
            MakePrivate(path);
            writer.Run("PRAGMA journal_mode=WAL");

            // After a long read the write-ahead log may be large; it is cut when it is begun anew.
            writer.Run("PRAGMA journal_size_limit=4194304");

            // First whether it can be written at all.
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
    /// Throws what <see cref="Open"/> would throw, as far as that can be found out without changing anything. A server may have the
    /// file open at the same time. Blocks.
    /// </summary>
    /// <exception cref="StartupException">The directory is missing, the file is not a database, or it is newer than this program.</exception>
    public static void Check(string path)
    {
        RefuseMissingDirectory(path);
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
            return;

        try
        {
            using var connection = OpenToLook(path);
            Migrator.RefuseNewer(SchemaVersion.Read(connection), path);
        }
        catch (StoreException e) when (e.Error == StoreError.Corrupt && !File.Exists(path + "-wal"))
        {
            throw Refusal(path, e);
        }
        catch (StoreException)
        {
            // A server that has the file open may be writing to it now.
        }
    }

    /// <summary>Reads from a database that a server may have open, and changes nothing. Blocks.</summary>
    /// <returns>False if there is no database, or it cannot be read by this user or at this moment.</returns>
    public static bool TryLook<T>(string path, Func<Connection, T> read, [NotNullWhen(true)] out T? result)
    {
        result = default;
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
            return false;

        try
        {
            using var connection = OpenToLook(path);
            result = read(connection)!;
            return true;
        }
        catch (Exception e) when (e is StoreException or IOException or FormatException or InvalidCastException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Copies a database as it is at one moment; a server may have it open, or its directory be read-only. Blocks.</summary>
    /// <inheritdoc cref="DatabaseCopy.Write" path="/exception"/>
    public static void Copy(string path, string copy)
    {
        // SQLite makes files beside a database that it opens in the usual way, also to read it.
        var isReadOnly = !Interop.MayWriteIn(System.IO.Path.GetDirectoryName(path)!);
        using var connection = isReadOnly ? OpenToLook(path) : Connection.Open(path, isReadOnly: false, busySeconds: 30);
        DatabaseCopy.Write(connection, copy);
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
    /// Writes in one transaction without waiting for the disk: it survives the end of the process, but may be lost in a power
    /// cut. For data that may be repeated or late. Blocks.
    /// </summary>
    /// <exception cref="StoreException">The disk is full, the file is locked or broken; nothing was written.</exception>
    public T WriteRelaxed<T>(Func<Connection, T> write) => Write(isRelaxed: true, write);

    /// <summary>
    /// Checks that the path still names the open file, and after a failed write that the file can be written again. Blocks.
    /// </summary>
    /// <exception cref="StoreException">What is wrong, and what to do.</exception>
    public void Check()
    {
        CheckFile();

        if (_trouble is not { } trouble)
            return;

        // A small write may fit into pages that the failed write left in the write-ahead log, although the next registrations would not.
        if (trouble.Error == StoreError.Full && new DriveInfo(System.IO.Path.GetDirectoryName(Path)!).AvailableFreeSpace < MinFreeSpace)
            throw trouble;

        // Writes a row unchanged, which takes room in the write-ahead log.
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

    // A deleted or replaced file can still be written, and everything in it is lost when the server stops.
    private void CheckFile()
    {
        if (Interop.IdentityOf(Path) != _identity)
        {
            throw new StoreException(
                StoreError.Unavailable, $"database {Path} was deleted or replaced while the server uses it: put the file back and restart, or restart with what is there now");
        }
    }

    /// <summary>Opens a file that nobody has open as one that does not change, since an open in the usual way would make files beside it.</summary>
    private static Connection OpenToLook(string path)
    {
        var hasLog = File.Exists(path + "-wal") && new FileInfo(path + "-wal").Length > 0;
        return Connection.Open(hasLog ? path : $"file:{Uri.EscapeDataString(path).Replace("%2F", "/")}?immutable=1", isReadOnly: true, busySeconds: 1);
    }

    private static void Create(string path)
    {
        if (!File.Exists(path))
            new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DatabaseCopy.Private }).Dispose();
    }

    /// <summary>Makes the database readable by its owner only. SQLite gives the same mode to the files that it creates beside it.</summary>
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
