using System.Text.Json;
using WgFleet.Config.Yaml;
using WgFleet.Http.Api;
using WgFleet.Linux;

namespace WgFleet.Cli.Checking;

/// <summary>
/// Has systemd run <c>wg-fleet check</c> in the sandbox of wg-fleet.service, with the files, the environment and the user of the server: what an operator sees
/// may be hidden from the unit, or read-only for it.
/// </summary>
internal static class UnitView
{
    private const string Unit = "wg-fleet.service";

    /// <summary>Set for the check that runs in the sandbox, to the directories that systemd makes when it starts the unit.</summary>
    private const string Mark = "WG_FLEET_CHECKS_FOR_UNIT";

    /// <summary>The directories that systemd makes at a start, see RuntimeDirectory= in systemd.exec(5). Asking for them here would make them.</summary>
    private static readonly (string Property, string Parent)[] MadeDirectories =
        [("StateDirectory", "/var/lib"), ("RuntimeDirectory", "/run"), ("CacheDirectory", "/var/cache"), ("LogsDirectory", "/var/log"), ("ConfigurationDirectory", "/etc")];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>What decides which files a unit sees and may write, see systemd.exec(5). systemctl shows each as systemd-run takes it.</summary>
    private static readonly string[] Properties =
    [
        "User", "Group", "SupplementaryGroups", "CapabilityBoundingSet", "NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp", "ReadWritePaths", "ReadOnlyPaths",
        "InaccessiblePaths", "BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem", "RootDirectory", "Environment",
    ];

    /// <summary>Whether this process runs in the sandbox of the unit.</summary>
    public static bool IsHere => Environment.GetEnvironmentVariable(Mark) is not null;

    /// <summary>In the sandbox of the unit, the directories that need not be there yet.</summary>
    public static IReadOnlyList<string> Made => Environment.GetEnvironmentVariable(Mark)?.Split(':') ?? [];

    /// <summary>
    /// The errors and warnings in the unit's view, where the unit runs this program with this configuration and root asks; otherwise those of this process. Blocks.
    /// </summary>
    /// <param name="config">The configuration's file.</param>
    /// <param name="errors">The errors that this process has found.</param>
    /// <param name="warnings">The warnings that this process has found.</param>
    public static (IReadOnlyList<Problem> Errors, IReadOnlyList<Problem> Warnings) Judge(
        string config, IReadOnlyList<Problem> errors, IReadOnlyList<Problem> warnings)
    {
        if (IsHere || !Environment.IsPrivilegedProcess || !Directory.Exists("/run/systemd/system"))
            return (errors, warnings);

        try
        {
            using var patience = new CancellationTokenSource(Limit);
            var shown = Run("systemctl", ["show", Unit, $"--property=ExecStart,EnvironmentFiles,{string.Join(',', Properties.Concat(MadeDirectories.Select(d => d.Property)))}"], patience.Token);
            if (Command(shown, Path.GetFullPath(config)) is not { } command)
                return (errors, warnings);

            var unit = Answer(Run("systemd-run", command, patience.Token));
            return (Explained(unit.Errors, errors), Explained(unit.Warnings, warnings));
        }
        catch (Exception e) when (e is IOException or JsonException or OperationCanceledException)
        {
            return (errors, [.. warnings, About($"it was not checked whether {Unit} sees the same files: {(e is OperationCanceledException ? "systemd does not answer" : e.Message)}")]);
        }
    }

    /// <summary>The problems of the unit, and where they come from if the operator does not see the same ones.</summary>
    public static IReadOnlyList<Problem> Explained(IReadOnlyList<Problem> unit, IReadOnlyList<Problem> own) => unit.All(own.Contains)
        ? unit
        : [.. unit, About($"{Unit} does not see or may not write all that you do: see ProtectHome=, ProtectSystem=, PrivateTmp= and ReadWritePaths= in 'systemctl cat {Unit}'")];

    /// <summary>The arguments of systemd-run for a check with the unit's view; null if the unit runs another program, or has another configuration.</summary>
    /// <param name="shown">What systemctl show has printed.</param>
    /// <param name="config">The full path of the configuration.</param>
    public static IReadOnlyList<string>? Command(string shown, string config)
    {
        var values = shown.Split('\n').Select(line => line.Split('=', 2)).Where(p => p is [_, not ""]).ToLookup(p => p[0], p => p[1]);
        var words = values["ExecStart"].SelectMany(start => start.Split(' ')).ToList();

        // The unit names a link to the program.
        if (Environment.ProcessPath is not { } self || !words.Contains(config) || words.Find(word => word.StartsWith('/') && IsSame(word, self)) is not { } program)
            return null;

        var made = MadeDirectories.SelectMany(d => values[d.Property].SelectMany(names => names.Split(' ')).Select(name => $"{d.Parent}/{name}"));
        return
        [
            "--quiet", "--collect", "--wait", "--pipe", $"--setenv={Mark}={string.Join(':', made)}",
            .. Properties.SelectMany(name => values[name].Select(value => $"--property={name}={value}")),
            .. values["EnvironmentFiles"].Select(file => $"--property=EnvironmentFile=-{file.Split(" (")[0]}"),
            program, "check", "--config", config, "--json",
        ];
    }

    private static bool IsSame(string path, string program) => Interop.IdentityOf(path) is { } identity && identity == Interop.IdentityOf(program);

    // systemd-run may have said something too.
    private static CheckResponse Answer(string output) => output.Split('\n').FirstOrDefault(line => line.StartsWith('{')) is { } json
        ? JsonSerializer.Deserialize(json, AdminJson.Default.CheckResponse)!
        : throw new IOException(output.Trim() is { Length: > 0 } said ? said.ReplaceLineEndings("; ") : "systemd-run has ended without an answer");

    private static string Run(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        SystemCommand.RunAsync(program, arguments, cancellationToken).GetAwaiter().GetResult().Output;

    private static Problem About(string text) => new(null, null, null, null, text);
}
