using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Sqlite;

/// <summary>A database file that this process has locked.</summary>
internal sealed class SqliteEngine(string path, StoreLock held, int busySeconds) : IEngine
{
    /// <summary>Free space in bytes above which the disk no longer counts as full.</summary>
    private const long MinFreeSpace = 1024 * 1024;

    private readonly (ulong Device, ulong Inode)? _identity = Interop.IdentityOf(path);

    public Dialect Dialect => SqliteDialect.Instance;

    public Connection OpenWriter() => SqliteLink.Open(path, isReadOnly: false, busySeconds);

    public Connection OpenReader() => SqliteLink.Open(path, isReadOnly: true, busySeconds);

    // Not a prepared statement: SQLite does this when it prepares one, and nothing when it runs it.
    public void SetRelaxed(Connection writer, bool isRelaxed) => writer.Run(isRelaxed ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL");

    // A deleted or replaced file can still be written, and everything in it is lost when the server stops.
    public void CheckIdentity()
    {
        if (Interop.IdentityOf(path) != _identity)
        {
            throw new StoreException(
                StoreError.Unavailable, $"database {path} was deleted or replaced while the server uses it: put the file back and restart, or restart with what is there now");
        }
    }

    // A small write may fit into pages that the failed write left in the write-ahead log, although the next registrations would not.
    public bool MayHaveEnded(StoreException trouble) =>
        trouble.Error != StoreError.Full || DiskSpace.FreeFor(path) >= MinFreeSpace;

    public StartupException Refusal(Exception e) => Refusal(path, e);

    public static StartupException Refusal(string path, Exception e) => new(
        (e as StoreException)?.Error switch
        {
            StoreError.Corrupt => $"database {path} is corrupt or not a database ({e.Message}): nothing was changed; restore a backup or move the file away",
            StoreError.NotWritable => $"database {path} cannot be opened for writing ({e.Message}): check its owner, mode and file system",
            StoreError.Busy => $"database {path} is locked by another program ({e.Message}): stop it and start again",
            StoreError.Full => $"database {path}: the disk is full; free some space and start again",
            _ => $"database {path} cannot be used: {e.Message}",
        },
        e);

    public void Dispose() => held.Dispose();
}
