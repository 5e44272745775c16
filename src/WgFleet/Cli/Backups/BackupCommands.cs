using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
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
        backup.SetAction((parse, cancellationToken) => RunAsync(async () =>
        {
            var (path, configFile) = (Path.GetFullPath(parse.GetValue(File)!), parse.GetValue(config)!);
            var read = ConfigFile.Load(configFile);
            var settings = read.Config ?? throw new IOException(read.Problems[0].ToString());
            var server = new RunningServer(configFile, settings.Database);
            await BackupArchive.WriteAsync(path, settings, configFile, copy => server.CopyLostAsync(copy, cancellationToken));
            Console.Out.WriteLine($"wrote {path}");
        }));
        yield return backup;

        var restore = new Command("restore", "Restores the files of a backup, on this or another machine; the server must not run") { File, Force, Confirmation.Yes };
        restore.SetAction(async (parse, cancellationToken) => System.IO.File.Exists(parse.GetValue(File)) && !await Confirmation.GivenAsync(parse, () => Task.FromResult(
            "This puts the database, the keys of all fleets and the configuration of the backup in place"
            + (parse.GetValue(Force) ? "; files that exist are replaced, and kept as FILE.before-restore." : "."))) ? ExitCode.Failure : await RunAsync(async () =>
        {
            var configFile = Path.GetFullPath(parse.GetValue(config)!);
            if (ConfigFile.Load(configFile).Config is { } settings && await new RunningServer(configFile, settings.Database).HasLostAsync(cancellationToken))
                throw new IOException($"a server still has database {settings.Database} open, although its file was deleted or replaced: stop that server first");

            foreach (var path in new Restore(configFile, parse.GetValue(Force)).Run(parse.GetValue(File)!))
                Console.Out.WriteLine($"restored {path}");
        }));
        yield return restore;
    }

    private static async Task<int> RunAsync(Func<Task> action)
    {
        try
        {
            await action();
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException or StoreException or StartupException or AdminException)
        {
            Console.Error.WriteLine($"wg-fleet: {Table.Plain(e.Message)}");
            return ExitCode.Failure;
        }
    }
}
