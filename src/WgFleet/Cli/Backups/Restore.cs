using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Cli.Backups;

/// <summary>
/// Restores the files of a backup. All of them are first unpacked into the directories of the originals and checked; then they are renamed. A file that is
/// replaced is kept as FILE.before-restore. All methods block.
/// </summary>
/// <param name="configFile">The configuration file. If it does not exist, it is restored from the backup.</param>
/// <param name="overwrites">Whether existing files that differ may be replaced.</param>
internal sealed class Restore(string configFile, bool overwrites)
{
    /// <summary>Added to the name of a file that was replaced.</summary>
    public const string KeptSuffix = ".before-restore";

    private const string TemporarySuffix = ".restore.tmp";

    private static readonly string[] LogSuffixes = ["-wal", "-shm"];

    private readonly Dictionary<string, string> _temporary = [];

    /// <summary>Restores a backup; returns the files that were written.</summary>
    /// <exception cref="IOException">The backup cannot be read, a file cannot be written, or other files exist; nothing was changed.</exception>
    /// <exception cref="StartupException">A server runs on the database, or the database of the backup is of a newer version.</exception>
    /// <exception cref="StoreException">The database of the backup is damaged.</exception>
    public IReadOnlyList<string> Run(string backup)
    {
        try
        {
            var config = Configuration(backup);
            if (config.PostgresFile is not null)
                throw new IOException(BackupArchive.InPostgres);

            CreateDirectory(Path.GetDirectoryName(config.Database)!, isPrivate: false);
            CreateDirectory(config.WireGuardDirectory, isPrivate: true);

            // A server that is started in the meantime fails.
            using var held = StoreLock.Take(config.Database);
            if (File.Exists(config.Database))
                held.LockDatabase(config.Database);

            BackupArchive.Read(backup, (name, content) => Unpack(name, content, config));
            if (!_temporary.ContainsKey(config.Database))
                throw new IOException($"{backup} has no database");

            CheckDatabase(config.Database);
            RefuseWhatIsThere(config.Database);
            foreach (var suffix in LogSuffixes.Where(suffix => File.Exists(config.Database + suffix)))
                File.Move(config.Database + suffix, config.Database + KeptSuffix + suffix, overwrite: true);

            foreach (var (path, temporary) in _temporary)
            {
                if (File.Exists(path))
                    File.Move(path, path + KeptSuffix, overwrite: true);

                File.Move(temporary, path);
            }

            return [.. _temporary.Keys];
        }
        finally
        {
            foreach (var temporary in _temporary.Values)
                File.Delete(temporary);
        }
    }

    /// <summary>The configuration with the paths of the files: the existing one, otherwise the one in the backup.</summary>
    private ServerConfig Configuration(string backup)
    {
        var file = configFile;
        if (!File.Exists(configFile))
        {
            file = configFile + TemporarySuffix;
            BackupArchive.Read(backup, (name, content) =>
            {
                if (name == BackupArchive.Configuration)
                    WriteTemporary(configFile, content);
            });
            if (!_temporary.ContainsKey(configFile))
                throw new IOException($"there is no configuration file {configFile}, nor one in the backup; write it, or name it with --config");
        }

        var read = ConfigFile.Load(file);
        return read.Config ?? throw new IOException($"the configuration has errors, so the paths of the files are unknown: {read.Problems[0]}");
    }

    private void Unpack(string name, Stream content, ServerConfig config)
    {
        var path = name == BackupArchive.Database ? config.Database
            : name.StartsWith(BackupArchive.TunnelDirectory, StringComparison.Ordinal) && Path.GetFileName(name) is { Length: > 0 } conf
                ? Path.Combine(config.WireGuardDirectory, conf)
            : null;
        if (path is not null)
            WriteTemporary(path, content);
    }

    private void WriteTemporary(string path, Stream content)
    {
        var temporary = path + TemporarySuffix;
        File.Delete(temporary);
        _temporary[path] = temporary;
        using var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DatabaseCopy.Private });
        content.CopyTo(file);
        file.Flush(flushToDisk: true);
    }

    private void CheckDatabase(string path)
    {
        var known = SqliteDatabase.TryLook(path, WrittenFileStore.Read, out var written) ? written : WrittenFiles.None;
        using var connection = SqliteLink.Open(_temporary[path], isReadOnly: false, busySeconds: 5);
        SqliteUpgrade.RefuseNewer(SchemaVersion.Read(connection), path);
        if (connection.Query("PRAGMA quick_check(1)", row => row[0].Text) is not ["ok"])
            throw new IOException("the database in the backup is damaged; use another backup");

        // The list of files that the server owns belongs to this machine, not to the one that the backup is from.
        WrittenFileStore.Replace(connection, known);
    }

    /// <summary>Refuses files that exist and differ. A file that is the same as in the backup is left alone.</summary>
    private void RefuseWhatIsThere(string database)
    {
        foreach (var (path, temporary) in _temporary.Where(d => d.Key != database && File.Exists(d.Key) && Linux.FileReplacer.Holds(d.Key, File.ReadAllBytes(d.Value))).ToList())
        {
            File.Delete(temporary);
            _temporary.Remove(path);
        }

        if (!overwrites && _temporary.Keys.Where(File.Exists).ToList() is { Count: > 0 } there)
            throw new IOException($"nothing was changed, because files exist: {string.Join(", ", there)}; with --force they are kept as FILE{KeptSuffix} and replaced");
    }

    private static void CreateDirectory(string path, bool isPrivate)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(path, isPrivate ? owner : owner | others);
    }
}
