using System.Collections.Concurrent;
using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>Which files the server has written.</summary>
/// <param name="Paths">Their paths.</param>
/// <param name="UnnotedSince">Since when a server may have written files without a note, before the version that notes them; null if all are noted.</param>
internal sealed record WrittenFiles(IReadOnlySet<string> Paths, DateTime? UnnotedSince)
{
    /// <summary>What is known where there is no database yet.</summary>
    public static readonly WrittenFiles None = new(new HashSet<string>(), null);
}

/// <summary>The table written_files. Safe for concurrent use; what writes blocks and throws <see cref="StoreException"/>.</summary>
internal sealed class WrittenFileStore
{
    // See Migrations/010_written_files.sql.
    private const string Unnoted = "";

    private readonly Database _database;
    private readonly ConcurrentDictionary<string, bool> _paths;

    /// <exception cref="WgFleet.Hosting.StartupException">The file is damaged.</exception>
    public WrittenFileStore(Database database)
    {
        _database = database;
        AtStart = database.Load(Read);
        _paths = new(AtStart.Paths.Select(path => KeyValuePair.Create(path, true)));
    }

    /// <summary>What was noted when the server started.</summary>
    public WrittenFiles AtStart { get; }

    /// <summary>What is noted now.</summary>
    public WrittenFiles Now => new(_paths.Keys.ToHashSet(), null);

    /// <summary>What is noted in a database of any version.</summary>
    public static WrittenFiles Read(Connection connection)
    {
        if (!connection.HasTable("written_files"))
            return WrittenFiles.None with { UnnotedSince = connection.HasTable("events") ? DateTime.MinValue : null };

        var rows = connection.Query("SELECT path, since FROM written_files", row => (Path: row[0].Text, Since: row[1].Utc));
        return new WrittenFiles(
            rows.Where(row => row.Path != Unnoted).Select(row => row.Path).ToHashSet(),
            rows.Where(row => row.Path == Unnoted).Select(row => (DateTime?)row.Since).FirstOrDefault());
    }

    /// <summary>Replaces all notes of a database that comes from elsewhere. One of a version without notes stays as it is.</summary>
    public static void Replace(Connection connection, WrittenFiles written)
    {
        if (!connection.HasTable("written_files"))
            return;

        connection.Execute("DELETE FROM written_files");
        foreach (var path in written.Paths)
            Insert(connection, path, DateTime.UtcNow);
    }

    public bool Contains(string path) => _paths.ContainsKey(path);

    /// <summary>Notes a file before it is written for the first time. The note is on disk when this returns.</summary>
    public void Add(string path, DateTime now)
    {
        if (Contains(path))
            return;

        _database.Write(c => Insert(c, path, now));
        _paths[path] = true;
    }

    /// <summary>Removes the note of a file that could not be written. That the note stays in the database is no error.</summary>
    public void Remove(string path)
    {
        if (!_paths.TryRemove(path, out _))
            return;

        try
        {
            _database.Write(c => c.Execute("DELETE FROM written_files WHERE path = $1", path));
        }
        catch (StoreException)
        {
            // The database has more trouble than that.
        }
    }

    /// <summary>Notes the files that a server before this version has written. From then on all are noted.</summary>
    public void TakeOver(IReadOnlyCollection<string> paths, DateTime now)
    {
        if (AtStart.UnnotedSince is null && paths.All(Contains))
            return;

        _database.Write(c =>
        {
            foreach (var path in paths)
                Insert(c, path, now);

            c.Execute("DELETE FROM written_files WHERE path = $1", Unnoted);
        });
        foreach (var path in paths)
            _paths[path] = true;
    }

    private static void Insert(Connection connection, string path, DateTime now) =>
        connection.Execute("INSERT INTO written_files (path, since) VALUES ($1, $2) ON CONFLICT DO NOTHING", path, now);
}
