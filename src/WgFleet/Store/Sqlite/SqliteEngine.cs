using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Sqlite;

/// <summary>A database file that this process has locked.</summary>
internal sealed class SqliteEngine(string path, StoreLock held, int busySeconds) : IEngine
{
    /// <summary>Free space in bytes above which the disk no longer counts as full.</summary>
    private const long MinFreeSpace = 1024 * 1024;

    // SQLite keeps all of them open until the last connection is closed, and a change is first only in the write-ahead log.
    private readonly string[] _files = [path, path + "-wal", path + "-shm"];
    private (ulong Device, ulong Inode)?[]? _identities;

    public Dialect Dialect => SqliteDialect.Instance;

    public Connection OpenWriter() => SqliteLink.Open(path, isReadOnly: false, busySeconds);

    public Connection OpenReader() => SqliteLink.Open(path, isReadOnly: true, busySeconds);

    // Not a prepared statement: SQLite does this when it prepares one, and nothing when it runs it.
    public void SetRelaxed(Connection writer, bool isRelaxed) => writer.Run(isRelaxed ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL");

    // A deleted or replaced file can still be written, and everything in it is lost when the server stops. What is only in a write-ahead log that
    // was deleted is lost when the server is killed; when it stops, SQLite copies it to the database. Until then, Database.TryCopyLost saves both.
    public void CheckIdentity()
    {
        var now = Array.ConvertAll(_files, Interop.IdentityOf);
        _identities ??= now;
        if (now[0] != _identities[0])
            throw Gone(path, "save what the server still has with 'wg-fleet backup FILE', stop the server, 'wg-fleet restore FILE', and start it; or put the file back");

        for (var i = 1; i < now.Length; i++)
        {
            if (now[i] != _identities[i])
                throw Gone(_files[i], "restart the server, which saves what it has; do not kill it");
        }

        if (new FileInfo(path).Length == 0)
            throw Gone(path, "stop the server and restore a backup");
    }

    // A small write may fit into pages that the failed write left in the write-ahead log, although the next registrations would not. Damage in one
    // part of the database does not keep other parts from being written.
    public StoreException? Lasting(StoreException trouble) => trouble.Error switch
    {
        StoreError.Full when DiskSpace.FreeFor(path) < MinFreeSpace => new(StoreError.Full, $"the disk of database {path} is full: free some space", trouble),
        StoreError.Corrupt => new(StoreError.Corrupt, $"database {path} is damaged ({trouble.Message}): stop the server and restore a backup", trouble),
        _ => null,
    };

    public StartupException Refusal(Exception e) => Refusal(path, e);

    public static StartupException Refusal(string path, Exception e) => new(
        (e as StoreException)?.Error switch
        {
            StoreError.Corrupt => $"database {path} is corrupt or not a database ({e.Message}): nothing was changed; restore a backup or move the file away",
            StoreError.NotWritable => $"database {path} cannot be opened for writing ({e.Message}): check its owner, mode and file system",
            StoreError.Busy => $"database {path} is locked by another program ({e.Message}): stop it and start again",
            StoreError.Full => FullRefusal(path),

            // SQLite cannot make the files beside the database.
            StoreError.Unavailable when DiskSpace.FreeFor(path) < MinFreeSpace => FullRefusal(path),
            _ => $"database {path} cannot be used: {e.Message}",
        },
        e);

    public void Dispose() => held.Dispose();

    private static string FullRefusal(string path) => $"database {path}: the disk is full; free some space and start again";

    private static StoreException Gone(string file, string next) =>
        new(StoreError.Unavailable, $"database {file} was deleted or replaced while the server uses it: {next}");
}
