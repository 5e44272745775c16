using System.Text.Json;
using WgFleet.Config.Yaml;
using WgFleet.Http.Api;
using WgFleet.Linux;

namespace WgFleet.Cli.Checking;

/// <summary>
/// Has systemd run <c>wg-fleet check</c> in the sandbox of wg-fleet.service, with the same files, environment and user as the server: what an operator sees may
/// be hidden from the unit or read-only for it.
/// </summary>
internal static class UnitView
{
    private const string Unit = "wg-fleet.service";

    /// <summary>Set for the check that runs in the sandbox.</summary>
    private const string Mark = "WG_FLEET_CHECKS_FOR_UNIT";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>What decides which files a unit sees and may write, see systemd.exec(5). The names of systemctl are those of systemd-run, except one.</summary>
    private static readonly string[] Properties =
    [
        "User", "Group", "SupplementaryGroups", "CapabilityBoundingSet", "NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp", "ReadWritePaths", "ReadOnlyPaths",
        "InaccessiblePaths", "BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem", "RootDirectory", "Environment",
    ];

    /// <summary>Whether this process runs in the sandbox of the unit.</summary>
    public static bool IsHere => Environment.GetEnvironmentVariable(Mark) is not null;

    /// <summary>The answer of a check in the sandbox; null if systemd does not run, this is not the unit's program and configuration, or only root could ask. Blocks.</summary>
    public static CheckResponse? Ask(string config)
    {
        if (IsHere || !Environment.IsPrivilegedProcess || !Directory.Exists("/run/systemd/system") || Environment.ProcessPath is not { } program)
            return null;

        try
        {
            var path = Path.GetFullPath(config);
            using var patience = new CancellationTokenSource(Limit);
            var shown = Run("systemctl", ["show", Unit, $"--property=ExecStart,EnvironmentFiles,{string.Join(',', Properties)}"], patience.Token);
            if (Command(shown, program, path) is not { } command)
                return null;

            return JsonSerializer.Deserialize(Run("systemd-run", command, patience.Token), AdminJson.Default.CheckResponse);
        }
        catch (Exception e) when (e is IOException or JsonException or OperationCanceledException)
        {
            // Without it, the check says what the operator's own eyes see.
            return null;
        }
    }

    /// <summary>The errors of the unit, and where they come from if the operator does not see the same ones.</summary>
    public static IReadOnlyList<Problem> Explain(IReadOnlyList<Problem> unit, IReadOnlyList<Problem> own) => unit.All(own.Contains)
        ? unit
        : [.. unit, new(null, null, null, null,
            $"{Unit} does not see or may not write all that you do: ProtectHome=, ProtectSystem= and PrivateTmp= in `systemctl cat {Unit}`")];

    /// <summary>The arguments of systemd-run for a check with the unit's view; null if the unit runs another program or has another configuration.</summary>
    /// <param name="shown">What systemctl show has printed.</param>
    /// <param name="program">The path of this program.</param>
    /// <param name="config">The full path of the configuration.</param>
    public static IReadOnlyList<string>? Command(string shown, string program, string config)
    {
        var values = shown.Split('\n').Select(line => line.Split('=', 2)).Where(p => p is [_, not ""]).ToLookup(p => p[0], p => p[1]);
        if (!values["ExecStart"].Any(start => start.Split(' ') is var words && words.Contains(program) && words.Contains(config)))
            return null;

        return
        [
            "--quiet", "--collect", "--wait", "--pipe", $"--setenv={Mark}=1",
            .. Properties.SelectMany(name => values[name].Select(value => $"--property={name}={value}")),
            .. values["EnvironmentFiles"].Select(file => $"--property=EnvironmentFile=-{file.Split(" (")[0]}"),
            program, "check", "--config", config, "--json",
        ];
    }

    private static string Run(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        SystemCommand.RunAsync(program, arguments, cancellationToken).GetAwaiter().GetResult().Output;
}
