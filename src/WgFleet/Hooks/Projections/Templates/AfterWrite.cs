using WgFleet.Config;
using WgFleet.Linux;

namespace WgFleet.Hooks.Projections.Templates;

/// <summary>
/// Signals whoever reads a file after it has changed. That a signal is owed is noted by a hidden file beside it, so that
/// neither a signal that fails nor a server that is killed in between loses it.
/// </summary>
/// <param name="config">Whom to signal, and how.</param>
/// <param name="systemctl">The program; tests stand in here.</param>
/// <param name="limit">How long it may take; 5 s if null.</param>
internal sealed class AfterWrite(AfterWriteConfig config, string systemctl = "systemctl", TimeSpan? limit = null)
{
    private const string DefaultSignal = "HUP";

    // The same on every architecture that .NET runs on (signal(7)).
    private static readonly Dictionary<string, int> Numbers = new()
    {
        ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["USR1"] = 10, ["USR2"] = 12, ["ALRM"] = 14, ["TERM"] = 15, ["CONT"] = 18, ["WINCH"] = 28,
    };

    /// <summary>Notes that this file is about to change.</summary>
    /// <exception cref="IOException">The folder is missing, full or read-only.</exception>
    public static void Owe(string path) => File.WriteAllBytes(NoteOf(path), []);

    /// <summary>Notes when it changed: who has begun since needs no signal. Without this everybody gets one.</summary>
    /// <exception cref="IOException">The folder is full.</exception>
    public static void Changed(string path) => File.WriteAllText(NoteOf(path), Moment.Now.ToString());

    /// <summary>Sends one signal if any of these files has changed since the last one that was sent.</summary>
    /// <exception cref="IOException">It could not be sent; it is still owed.</exception>
    public async Task SettleAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var owed = paths.Select(NoteOf).Where(File.Exists).ToList();
        if (owed.Count == 0)
            return;

        if (config.SystemdUnit is { } unit)
            await new SystemdUnit(unit, systemctl, limit ?? TimeSpan.FromSeconds(5)).TellAsync(config.Signal, Numbers[config.Signal ?? DefaultSignal], LatestOf(owed), cancellationToken);
        else
            PidFile.Signal(config.PidFile!, config.ProcessName, Numbers[config.Signal ?? DefaultSignal]);

        foreach (var note in owed)
            File.Delete(note);
    }

    private static string NoteOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.signal");

    /// <summary>When the latest of these files was written; null if that is not known of one of them.</summary>
    private static Moment? LatestOf(IEnumerable<string> notes)
    {
        Moment? latest = null;
        foreach (var note in notes)
        {
            if (Moment.Parse(File.ReadAllText(note)) is not { } written)
                return null;

            if (latest is not { } other || other.IsBefore(written))
                latest = written;
        }

        return latest;
    }
}
