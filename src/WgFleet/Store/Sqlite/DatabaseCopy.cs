using System.Globalization;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Sqlite;

/// <summary>Makes copies of the database beside it before an adoption or an upgrade. A copy is complete and consistent, or does not exist.</summary>
internal static class DatabaseCopy
{
    /// <summary>The mode of the database and its copies, which have hashes of tokens and the addresses of clients.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes an empty file that only its owner can read, for a copy. Blocks.</summary>
    /// <exception cref="IOException">It is there already, or its directory is not.</exception>
    public static void MakeEmpty(string file) =>
        new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private }).Dispose();

    /// <summary>The name of the copy of a database that had a version of the schema.</summary>
    public static string Backup(string path, int version) => string.Create(CultureInfo.InvariantCulture, $"{path}.v{version}.bak");

    /// <summary>Copies the database before an upgrade, and deletes the copy of the upgrade before; returns the name of the copy. Blocks.</summary>
    /// <exception cref="StoreException">The database cannot be read, or the disk is full.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static string Keep(Connection connection, string path, int version)
    {
        var copy = Backup(path, version);
        Write(connection, copy);
        foreach (var old in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".v*.bak").Where(file => file != copy))
            File.Delete(old);

        return copy;
    }

    /// <summary>Copies the Python server's database, to a name that no file has; returns it. Blocks.</summary>
    /// <inheritdoc cref="Keep" path="/exception"/>
    public static string KeepPython(Connection connection, string path)
    {
        var copy = path + ".python";
        for (var number = 2; File.Exists(copy); number++)
            copy = string.Create(CultureInfo.InvariantCulture, $"{path}.python.{number}");

        Write(connection, copy);
        return copy;
    }

    /// <summary>Copies the database as it is at one moment, while others may use it. Blocks.</summary>
    /// <exception cref="StoreException">The database cannot be read, or the disk is full.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static void Write(Connection connection, string copy)
    {
        var draft = copy + ".tmp";
        try
        {
            File.Delete(draft);
            MakeEmpty(draft);
            connection.Execute(connection.Dialect.CopyInto!, draft);
            File.Move(draft, copy, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }
}
