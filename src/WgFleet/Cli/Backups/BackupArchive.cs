using System.Formats.Tar;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;
using WgFleet.Tunnels;

namespace WgFleet.Cli.Backups;

/// <summary>
/// A backup: a tar file with the database, the wg_FLEET.conf of every fleet and the configuration file. Its first entry marks it as a backup.
/// All methods block.
/// </summary>
internal static class BackupArchive
{
    public const string Database = "clients.db";
    public const string Configuration = "wg-fleet.yaml";
    public const string TunnelDirectory = "wireguard/";

    private const string Mark = "wg-fleet-backup";

    /// <summary>Writes a backup, whole or not at all. A server may be running: the database is copied as it is at one moment.</summary>
    /// <param name="file">The file; an older backup there is replaced, any other file is not.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="configFile">The file that the configuration is in; left out if there is none.</param>
    /// <exception cref="IOException">A file cannot be read or written, or <paramref name="file"/> is something else.</exception>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public static void Write(string file, ServerConfig config, string configFile)
    {
        if (File.Exists(file) && new FileInfo(file).Length > 0 && !IsBackup(file))
            throw new IOException($"{file} exists and is not a backup of wg-fleet, so it is not overwritten; name another file");

        if (!File.Exists(config.Database))
            throw new IOException($"there is no database {config.Database}; name the configuration file with --config");

        var (draft, copy) = (file + ".tmp", file + ".db.tmp");
        try
        {
            SqliteDatabase.Copy(config.Database, copy);
            File.Delete(draft);
            using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DatabaseCopy.Private }))
            {
                using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
                {
                    Add(tar, Mark, new MemoryStream([.. System.Text.Encoding.UTF8.GetBytes($"wg-fleet {ProductInfo.Version}\n")]));
                    Add(tar, Database, copy);
                    foreach (var fleet in config.Fleets)
                        Add(tar, TunnelDirectory + $"{fleet.Interface}.conf", TunnelConf.PathOf(fleet.Tunnel, config.WireGuardDirectory));

                    Add(tar, Configuration, configFile);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, file, overwrite: true);
        }
        finally
        {
            File.Delete(copy);
            File.Delete(draft);
        }
    }

    /// <summary>Calls <paramref name="take"/> for each entry with its name and content.</summary>
    /// <exception cref="IOException">It is not a backup, or cannot be read to its end.</exception>
    public static void Read(string file, Action<string, Stream> take)
    {
        try
        {
            using var stream = File.OpenRead(file);
            using var tar = new TarReader(stream);
            if (tar.GetNextEntry() is not { Name: Mark })
                throw new IOException($"{file} is not a backup of wg-fleet");

            while (tar.GetNextEntry() is { } entry)
            {
                if (entry is { EntryType: TarEntryType.RegularFile, DataStream: { } content })
                    take(entry.Name, content);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new IOException($"{file} is not a backup of wg-fleet, or only a part of one: {e.Message}", e);
        }
    }

    private static bool IsBackup(string file)
    {
        try
        {
            Read(file, (_, _) => { });
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Add(TarWriter tar, string name, string file)
    {
        if (!File.Exists(file))
            return;

        using var stream = File.OpenRead(file);
        Add(tar, name, stream);
    }

    private static void Add(TarWriter tar, string name, Stream content) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = DatabaseCopy.Private });
}
