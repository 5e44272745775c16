using System.Globalization;
using WgFleet.Hosting;

namespace WgFleet.Store.Engine;

/// <summary>Prevents a second server from using the database, by a record lock on DATABASE.lock that ends with the process.</summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

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
            throw new StartupException($"database lock {path} cannot be made: {e.Message}", e);
        }

        try
        {
            file.Lock(0, 1);
        }
        catch (IOException)
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

    public void Dispose() => _file.Dispose();

    private static void Sign(FileStream file)
    {
        file.SetLength(0);
        file.Write(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"wg-fleet, pid {Environment.ProcessId}, since {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC\n")));
        file.Flush();
    }
}
