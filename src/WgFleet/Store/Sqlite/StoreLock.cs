using System.Globalization;
using Microsoft.Win32.SafeHandles;
using WgFleet.Hosting;
using WgFleet.Linux;

namespace WgFleet.Store.Sqlite;

/// <summary>
/// Prevents a second server from using the database: a record lock on DATABASE.lock, which names its owner, and one on the database itself, which
/// also stops a server that opens the file by another name. Both end with the process.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    // Behind the bytes that SQLite locks (PENDING_BYTE and the 511 after it).
    private const long LockedByte = 0x4000_1000;

    private readonly FileStream _file;
    private SafeFileHandle? _database;

    private StoreLock(FileStream file) => _file = file;

    /// <summary>Locks DATABASE.lock, which is made if it is missing. Blocks for up to a second.</summary>
    /// <exception cref="StartupException">Another process holds it; the message says which.</exception>
    public static StoreLock Take(string database)
    {
        var path = database + ".lock";
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotMade(path, e.Message, e);
        }

        if (!Leftovers.Take(() => TryLock(file)))
        {
            using var reader = new StreamReader(file);
            var holder = reader.ReadLine();
            throw new StartupException($"database {database} is in use by {holder ?? "another process"}: only one wg-fleet may use it, stop that one first");
        }

        try
        {
            Sign(file);
        }
        catch (IOException)
        {
            // The holder's name is only for the message; a full disk is reported when the database is opened.
        }

        return new StoreLock(file);
    }

    /// <summary>
    /// Locks the database file, which must exist. Blocks for up to a second. Call it before SQLite opens the file, and dispose of the lock after SQLite has closed it: closing any
    /// descriptor of a file ends all other record locks that the process has on the file (fcntl(2)).
    /// </summary>
    /// <exception cref="StartupException">Another process has locked it.</exception>
    public void LockDatabase(string database)
    {
        var file = _database = File.OpenHandle(database, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (!Leftovers.Take(() => Interop.TryLock(file, LockedByte)))
            throw new StartupException($"database {database} is in use by another wg-fleet, by another name (a link): only one may use it, stop that one first");
    }

    /// <summary>Throws what <see cref="Take"/> would throw because this process may not write there; makes nothing.</summary>
    /// <exception cref="StartupException">The lock cannot be made.</exception>
    public static void RefuseReadOnly(string database)
    {
        if (Interop.WriteProblem(database + ".lock") is { } why)
            throw NotMade(database + ".lock", why);
    }

    public void Dispose()
    {
        _database?.Dispose();
        _file.Dispose();
    }

    private static StartupException NotMade(string path, string why, Exception? e = null) => new($"database lock {path} cannot be made: {why}", e);

    private static bool TryLock(FileStream file)
    {
        try
        {
            file.Lock(0, 1);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Sign(FileStream file)
    {
        file.SetLength(0);
        file.Write(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"wg-fleet, pid {Environment.ProcessId}, since {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC\n")));
        file.Flush();
    }
}
