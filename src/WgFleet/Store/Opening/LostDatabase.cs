using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Store.Opening;

/// <summary>
/// Saves a database whose file was deleted or replaced while the server has it open. All of it is still there until the server stops, because Linux deletes a file
/// only when nobody has it open.
/// </summary>
internal static class LostDatabase
{
    /// <summary>A copy of a lost database, with the last-seen times that could not be saved since. Its file is deleted when it is closed. Blocks.</summary>
    /// <param name="database">The server's database.</param>
    /// <param name="path">The path that it had.</param>
    /// <param name="seen">When and where from the clients were last seen.</param>
    /// <returns>Null if the database is where it was.</returns>
    /// <exception cref="StoreException">What is still open cannot be read, or the disk is full.</exception>
    /// <exception cref="IOException">There is no directory for the copy.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no directory for the copy that may be written.</exception>
    public static Stream? Copy(Database database, string path, IReadOnlyList<SeenClient> seen)
    {
        // The directory may be gone too.
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            folder = Path.GetTempPath();

        var copy = Path.Combine(folder, $"{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            DatabaseCopy.MakeEmpty(copy);
            if (!database.TryCopyLost(copy))
                return null;

            using (var connection = SqliteLink.Open(copy, isReadOnly: false, busySeconds: 5))
                connection.Transact(c => ClientTable.SetSeen(c, seen));

            return File.OpenRead(copy);
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
