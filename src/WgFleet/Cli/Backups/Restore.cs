using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Cli.Backups;

/// <summary>
/// Puts the files of a backup in place. All of them are unpacked beside their places and checked first; then they are renamed. A file that is
/// replaced is kept as FILE.before-restore. All methods block.
/// </summary>
/// <param name="configFile">The configuration file. If there is none, that of the backup becomes it.</param>
/// <param name="overwrites">Whether files that are there and differ may be replaced.</param>
internal sealed class Restore(string configFile, bool overwrites)
{
    /// <summary>What is added to the name of a file that was replaced.</summary>
    public const string KeptSuffix = ".before-restore";

    private const string DraftSuffix = ".restore.tmp";

    private static readonly string[] LogSuffixes = ["-wal", "-shm"];

    private readonly Dictionary<string, string> _drafts = [];

    /// <summary>Restores a backup; returns the files that were written.</summary>
    /// <exception cref="IOException">The backup cannot be read, a file cannot be written, or files are in the way; nothing was changed.</exception>
    /// <exception cref="StartupException">A server runs on the database, or the database of the backup is of a newer version.</exception>
    /// <exception cref="StoreException">The database of the backup is damaged.</exception>
    public IReadOnlyList<string> Run(string backup)
    {
        try
        {
            var config = Configuration(backup);
            CreateDirectory(Path.GetDirectoryName(config.Database)!, isPrivate: false);
            CreateDirectory(config.WireGuardDirectory, isPrivate: true);

            // The server that is started meanwhile fails.
            using var held = StoreLock.Take(config.Database);
            if (File.Exists(config.Database))
                held.LockDatabase(config.Database);

            BackupArchive.Read(backup, (name, content) => Unpack(name, content, config));
            if (!_drafts.ContainsKey(config.Database))
                throw new IOException($"{backup} has no database");

            CheckDatabase(config.Database);
            RefuseWhatIsThere(config.Database);
            foreach (var suffix in LogSuffixes.Where(suffix => File.Exists(config.Database + suffix)))
                File.Move(config.Database + suffix, config.Database + KeptSuffix + suffix, overwrite: true);

            foreach (var (path, draft) in _drafts)
            {
                if (File.Exists(path))
                    File.Move(path, path + KeptSuffix, overwrite: true);

                File.Move(draft, path);
            }

            return [.. _drafts.Keys];
        }
        finally
        {
            foreach (var draft in _drafts.Values)
                File.Delete(draft);
        }
    }

    /// <summary>The configuration that says where files belong: the one that is there, or else that of the backup.</summary>
    private ServerConfig Configuration(string backup)
    {
        var file = configFile;
        if (!File.Exists(configFile))
        {
            file = configFile + DraftSuffix;
            BackupArchive.Read(backup, (name, content) =>
            {
                if (name == BackupArchive.Configuration)
                    WriteDraft(configFile, content);
            });
            if (!_drafts.ContainsKey(configFile))
                throw new IOException($"there is no configuration file {configFile}, nor one in the backup; write it, or name it with --config");
        }

        var read = ConfigFile.Load(file);
        return read.Config ?? throw new IOException($"the configuration has errors, so it is not known where files belong: {read.Problems[0]}");
    }

    private void Unpack(string name, Stream content, ServerConfig config)
    {
        var path = name == BackupArchive.Database ? config.Database
            : name.StartsWith(BackupArchive.TunnelDirectory, StringComparison.Ordinal) && Path.GetFileName(name) is { Length: > 0 } conf
                ? Path.Combine(config.WireGuardDirectory, conf)
            : null;
        if (path is not null)
            WriteDraft(path, content);
    }

    private void WriteDraft(string path, Stream content)
    {
        var draft = path + DraftSuffix;
        File.Delete(draft);
        _drafts[path] = draft;
        using var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DatabaseCopy.Private });
        content.CopyTo(file);
        file.Flush(flushToDisk: true);
    }

    private void CheckDatabase(string path)
    {
        var known = Database.TryLook(path, WrittenFileStore.Read, out var written) ? written : WrittenFiles.None;
        using var connection = Connection.Open(_drafts[path], isReadOnly: false, busySeconds: 5);
        Migrator.RefuseNewer(SchemaVersion.Read(connection), path);
        if (connection.Query("PRAGMA quick_check(1)", row => row[0].Text) is not ["ok"])
            throw new IOException("the database in the backup is damaged; use another backup");

        // Which files are ours is a fact of this machine, not of the one that the backup is from.
        WrittenFileStore.Replace(connection, known);
    }

    /// <summary>Refuses files that are in the way. One that is already as the backup has it is left alone.</summary>
    private void RefuseWhatIsThere(string database)
    {
        foreach (var (path, draft) in _drafts.Where(d => d.Key != database && File.Exists(d.Key) && Linux.FileReplacer.Holds(d.Key, File.ReadAllBytes(d.Value))).ToList())
        {
            File.Delete(draft);
            _drafts.Remove(path);
        }

        if (!overwrites && _drafts.Keys.Where(File.Exists).ToList() is { Count: > 0 } there)
            throw new IOException($"{string.Join(", ", there)}: already there, nothing was changed; with --force they are kept as FILE{KeptSuffix} and replaced");
    }

    private static void CreateDirectory(string path, bool isPrivate)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(path, isPrivate ? owner : owner | others);
    }
}
