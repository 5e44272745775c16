using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Config.Reading;
using WgFleet.Hosting;
using WgFleet.Store.Engine;

namespace WgFleet.Cli.Backups;

/// <summary><c>wg-fleet backup</c> and <c>wg-fleet restore</c>. They work on the files, with or without a server.</summary>
internal static class BackupCommands
{
    private static readonly Argument<string> File = new("FILE") { Description = "The backup, a tar file that only its owner can read" };
    private static readonly Option<bool> Force = new("--force") { Description = "Replace files that exist, and keep copies of them as FILE.before-restore" };

    public static IEnumerable<Command> Create(Option<string> config)
    {
        var backup = new Command("backup", "Writes the database, the keys of all fleets and the configuration into one file, also while the server runs") { File };
        backup.SetAction(parse => Run(() =>
        {
            var path = Path.GetFullPath(parse.GetValue(File)!);
            var read = ConfigFile.Load(parse.GetValue(config)!);
            BackupArchive.Write(path, read.Config ?? throw new IOException(read.Problems[0].ToString()), parse.GetValue(config)!);
            Console.Out.WriteLine($"wrote {path}");
        }));
        yield return backup;

        var restore = new Command("restore", "Restores the files of a backup, on this or another machine; the server must not run") { File, Force, Confirmation.Yes };
        restore.SetAction(async (parse, _) => System.IO.File.Exists(parse.GetValue(File)) && !await Confirmation.GivenAsync(parse, () => Task.FromResult(
            "This puts the database, the keys of all fleets and the configuration of the backup in place"
            + (parse.GetValue(Force) ? "; files that exist are replaced, and kept as FILE.before-restore." : "."))) ? ExitCode.Failure : Run(() =>
        {
            foreach (var path in new Restore(Path.GetFullPath(parse.GetValue(config)!), parse.GetValue(Force)).Run(parse.GetValue(File)!))
                Console.Out.WriteLine($"restored {path}");
        }));
        yield return restore;
    }

    private static int Run(Action action)
    {
        try
        {
            action();
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreException or StartupException)
        {
            Console.Error.WriteLine($"wg-fleet: {Table.Plain(e.Message)}");
            return ExitCode.Failure;
        }
    }
}
