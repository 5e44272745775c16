using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;
using WgFleet.Tunnels;

namespace WgFleet.Cli.Backups;

/// <summary>
/// A backup: a tar file with the database, the wg_FLEET.conf of every fleet and the configuration file. Its first entry marks it as a backup, its
/// last one has the SHA-256 of the others, as sha256sum(1) reads it. All methods block.
/// </summary>
internal static class BackupArchive
{
    /// <summary>What people read who keep their database in PostgreSQL.</summary>
    public const string InPostgres =
        "the database is in PostgreSQL: save and restore it with pg_dump and pg_restore, and the keys and the configuration as files (docs/operations.md, Backup)";

    public const string Database = "clients.db";
    public const string Configuration = "wg-fleet.yaml";
    public const string TunnelDirectory = "wireguard/";

    private const string Mark = "wg-fleet-backup";
    private const string Sums = "SHA256SUMS";

    /// <summary>Free space in bytes below which a failure to write means that the disk is full.</summary>
    private const long MinFreeSpace = 64 * 1024;

    /// <summary>Writes a backup, whole or not at all. A server may be running: the database is copied as it is at one moment.</summary>
    /// <param name="file">The file; an older backup there is replaced, any other file is not.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="configFile">The file that the configuration is in; left out if there is none.</param>
    /// <param name="copyLost">Copies a database that a server still has open after its file was deleted or replaced; false if that is not so.</param>
    /// <exception cref="IOException">A file cannot be read or written, or <paramref name="file"/> is something else.</exception>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public static async Task WriteAsync(string file, ServerConfig config, string configFile, Func<string, Task<bool>> copyLost)
    {
        // Renaming over a device such as /dev/null would destroy it.
        if (Path.Exists(file) && !Interop.IsRegularFile(file))
            throw new IOException($"{file} is not a regular file, so it is not overwritten; name another file");

        if (!Directory.Exists(Path.GetDirectoryName(file)))
            throw new IOException($"directory {Path.GetDirectoryName(file)} does not exist; create it");

        if (File.Exists(file) && new FileInfo(file).Length > 0 && !IsBackup(file))
            throw new IOException($"{file} exists and is not a backup of wg-fleet, so it is not overwritten; name another file");

        if (config.PostgresFile is not null)
            throw new IOException(InPostgres);

        var (draft, copy) = (file + ".tmp", file + ".db.tmp");
        try
        {
            File.Delete(copy);
            if (!await copyLost(copy))
            {
                if (!File.Exists(config.Database))
                    throw new IOException($"there is no database {config.Database}; name the configuration file with --config");

                SqliteDatabase.Copy(config.Database, copy);
            }

            File.Delete(draft);
            using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DatabaseCopy.Private }))
            {
                using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
                {
                    var sums = new StringBuilder();
                    Add(tar, Mark, new MemoryStream(Encoding.UTF8.GetBytes($"wg-fleet {ProductInfo.Version}\n")), sums);
                    Add(tar, Database, copy, sums);
                    foreach (var fleet in config.Fleets)
                        Add(tar, TunnelDirectory + $"{fleet.Interface}.conf", TunnelConf.PathOf(fleet.Tunnel, config.WireGuardDirectory), sums);

                    Add(tar, Configuration, configFile, sums);
                    Add(tar, Sums, new MemoryStream(Encoding.UTF8.GetBytes(sums.ToString())), new());
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, file, overwrite: true);
        }
        catch (StoreException e) when (e.Error == StoreError.Full || DiskSpace.FreeFor(file) < MinFreeSpace)
        {
            throw new IOException($"{file} cannot be written: the disk is full; free some space, or name a file on another disk", e);
        }
        finally
        {
            File.Delete(copy);
            File.Delete(draft);
        }
    }

    /// <summary>Calls <paramref name="take"/> for each entry with its name and content, and checks at the end that all are there and as they were written.</summary>
    /// <exception cref="IOException">It is not a backup, is damaged, or cannot be read to its end.</exception>
    public static void Read(string file, Action<string, Stream> take)
    {
        try
        {
            using var stream = RegularFile.OpenRead(file);
            using var tar = new TarReader(stream);
            if (tar.GetNextEntry() is not { Name: Mark } mark)
                throw new IOException($"{file} is not a backup of wg-fleet");

            var (found, written) = (new StringBuilder(LineOf(Mark, mark.DataStream ?? Stream.Null)), "");
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry is not { EntryType: TarEntryType.RegularFile, DataStream: { } content })
                    continue;

                if (entry.Name == Sums)
                {
                    written = new StreamReader(content).ReadToEnd();
                    continue;
                }

                found.Append(LineOf(entry.Name, content));
                content.Position = 0;
                take(entry.Name, content);
            }

            if (written != found.ToString())
                throw new IOException($"{file} is damaged, or only a part of a backup: its files are not those that were backed up; use another backup");
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

    private static void Add(TarWriter tar, string name, string file, StringBuilder sums)
    {
        if (!File.Exists(file))
            return;

        using var stream = RegularFile.OpenRead(file);
        Add(tar, name, stream, sums);
    }

    private static void Add(TarWriter tar, string name, Stream content, StringBuilder sums)
    {
        sums.Append(LineOf(name, content));
        content.Position = 0;
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = DatabaseCopy.Private });
    }

    private static string LineOf(string name, Stream content) => $"{Convert.ToHexStringLower(SHA256.HashData(content))}  {name}\n";
}
