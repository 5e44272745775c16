using System.Diagnostics.CodeAnalysis;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Sqlite;

/// <summary>Opens database files, for the server and for commands that only look at them.</summary>
internal static class SqliteDatabase
{
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
            var engine = new SqliteEngine(path, held, busySeconds);
            writer = engine.OpenWriter();
            SqliteUpgrade.Run(writer, path, log);
            MakePrivate(path);
            writer.Run("PRAGMA journal_mode=WAL");

            // After a long read the write-ahead log may be large; it is cut when it is begun anew.
            writer.Run("PRAGMA journal_size_limit=4194304");

            // First whether it can be written at all.
            writer.Run("BEGIN IMMEDIATE");
            writer.Run("ROLLBACK");
            return new Database(engine, writer);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            held.Dispose();
            if (e is StoreException or IOException or UnauthorizedAccessException)
                throw SqliteEngine.Refusal(path, e);

            throw;
        }
    }

    /// <summary>
    /// Throws what <see cref="Open"/> would throw, as far as that can be found out without changing anything. A server may have the
    /// file open at the same time. Blocks.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="isServersView">Whether this process may write what the server may write, so that it has to be able to write the database.</param>
    /// <exception cref="StartupException">The directory is missing, the file is not a database, or it is newer than this program.</exception>
    public static void Check(string path, bool isServersView = false)
    {
        RefuseMissingDirectory(path);
        if (isServersView)
            StoreLock.RefuseReadOnly(path);

        if (!File.Exists(path) || new FileInfo(path).Length == 0)
            return;

        try
        {
            using var connection = OpenToLook(path);
            SqliteUpgrade.RefuseNewer(SchemaVersion.Read(connection), path);
        }
        catch (StoreException e) when (e.Error == StoreError.Corrupt && !File.Exists(path + "-wal"))
        {
            throw SqliteEngine.Refusal(path, e);
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

    /// <summary>Opens an existing file to read it, and keeps servers away from it. Makes nothing of it but DATABASE.lock. Blocks.</summary>
    /// <exception cref="StartupException">There is no such file, it is held by another process, or it cannot be read.</exception>
    public static HeldConnection Hold(string path)
    {
        if (!File.Exists(path))
            throw new StartupException($"there is no database {path}; name the configuration file with --config");

        var held = StoreLock.Take(path);
        try
        {
            held.LockDatabase(path);
            return new HeldConnection(path, OpenToLook(path), held);
        }
        catch (Exception e)
        {
            held.Dispose();
            if (e is StoreException or IOException or UnauthorizedAccessException)
                throw SqliteEngine.Refusal(path, e);

            throw;
        }
    }

    /// <summary>Copies a database as it is at one moment; a server may have it open, or its directory be read-only. Blocks.</summary>
    /// <inheritdoc cref="DatabaseCopy.Write" path="/exception"/>
    public static void Copy(string path, string copy)
    {
        // SQLite makes files beside a database that it opens in the usual way, also to read it.
        var isReadOnly = !Interop.MayWriteIn(Path.GetDirectoryName(path)!);
        using var connection = isReadOnly ? OpenToLook(path) : SqliteLink.Open(path, isReadOnly: false, busySeconds: 30);
        DatabaseCopy.Write(connection, copy);
    }

    /// <summary>Opens a file that nobody has open as one that does not change, since an open in the usual way would make files beside it.</summary>
    private static SqliteLink OpenToLook(string path)
    {
        var hasLog = File.Exists(path + "-wal") && new FileInfo(path + "-wal").Length > 0;
        return SqliteLink.Open(hasLog ? path : $"file:{Uri.EscapeDataString(path).Replace("%2F", "/")}?immutable=1", isReadOnly: true, busySeconds: 1);
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
        var directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
            throw new StartupException($"database directory {directory} does not exist: create it, or set 'database' in the config");
    }
}
