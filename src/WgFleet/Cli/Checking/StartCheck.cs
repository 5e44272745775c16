using WgFleet.Access.Oidc;
using WgFleet.Config;
using WgFleet.Config.Yaml;
using WgFleet.Hooks.Projections;
using WgFleet.Hosting;
using WgFleet.Http.Listening;
using WgFleet.Linux;
using WgFleet.Store;
using WgFleet.Store.Opening;
using WgFleet.Tunnels;

namespace WgFleet.Cli.Checking;

/// <summary>
/// What keeps the server from starting, or people from logging in, although the file has no errors. Runs the code of the start, so the messages are the same; changes nothing.
/// </summary>
internal static class StartCheck
{
    /// <summary>Errors that prevent a start, and files that the server could never write.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="isServersView">Whether this process sees and may write what the server does; otherwise it is not known what the server may write.</param>
    /// <param name="made">Directories that are made before the server starts; null for none.</param>
    public static IReadOnlyList<Problem> Errors(ServerConfig config, bool isServersView = false, IReadOnlyList<string>? made = null)
    {
        var errors = new List<Problem>();
        if (config.Tls is { } tls)
            Try(() => CertificateFiles.Load(tls));

        // The server starts without it, but nobody could log in.
        if (config.Oidc?.ClientSecretFile is { } file)
            Try(() => OidcEvents.SecretIn(file));

        if (config.Gateway is { } gateway)
            Try(() => KeySeal.Read(gateway.KeyFile));

        // Who may not read the database cannot know which files are ours.
        Try(() =>
        {
            var isNew = config.PostgresFile is null && Path.GetDirectoryName(config.Database) is { } folder && !Directory.Exists(folder) && made?.Contains(folder) == true;
            if ((isNew ? WrittenFiles.None : ConfiguredDatabase.Check(config, isServersView)) is { } written)
                errors.AddRange(new FileOwnership(ProjectedFile.Of(config), written, WrittenContents.Beside(config.Database)).Problems());
        });

        if (isServersView)
            errors.AddRange(ProjectedFile.Of(config).Select(file => FileReplacer.Problem(file.Path) is { } why ? file.Problem(why) : null).OfType<Problem>());

        return errors;

        void Try(Action start)
        {
            try
            {
                start();
            }
            catch (StartupException e)
            {
                errors.Add(About(e.Message));
            }
            catch (IOException e)
            {
                errors.Add(About($"oidc: {e.Message}"));
            }
        }
    }

    /// <summary>Warnings: problems that do not prevent a start.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="isServersView">Whether this process sees and may write what the server does.</param>
    public static IReadOnlyList<Problem> Warnings(ServerConfig config, bool isServersView = false)
    {
        (string Hook, string Key, string Path)[] files = [("hosts_file", "hosts_file", config.HostsFile),
            ("prometheus_sd", "prometheus_file", config.PrometheusFile)];
        return
        [
            .. from file in files
               where !config.Hooks.List.Any(h => h.Name == file.Hook && !h.Enabled)
               let folder = Path.GetDirectoryName(file.Path)
               where !Directory.Exists(folder)
               select About($"{file.Key}: directory {folder} does not exist: create it, or the file is not written"),
            .. from file in ProjectedFile.Of(config)
               let folder = Path.GetDirectoryName(file.Path)
               where !isServersView && Directory.Exists(folder) && !Interop.MayWriteIn(folder)
               select file.Problem($"directory {folder} cannot be written by this user: the file is not written"),
            .. from folder in new[] { (Key: "database", Path: Path.GetDirectoryName(config.Database)!), (Key: "wireguard_directory", Path: config.WireGuardDirectory) }
               where folder.Key != "database" || (config.PostgresFile is null && !isServersView)
               where Directory.Exists(folder.Path) && !Interop.MayWriteIn(folder.Path)
               select About($"{folder.Key}: directory {folder.Path} cannot be written by this user: if the server runs as the same user, it does not start or no fleet comes up"),
            .. File.Exists(config.WireGuardDirectory)
                ? new[] { About($"wireguard_directory: {config.WireGuardDirectory} is a file: no fleet can come up") }
                : [],
        ];
    }

    private static Problem About(string text) => new(null, null, null, null, text);
}
