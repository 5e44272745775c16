using WgFleet.Config;
using WgFleet.Linux;

namespace WgFleet.Hooks.Projections.Templates;

/// <summary>
/// Signals the program that reads a file after the file has changed. A hidden file beside it records that a signal is due, so
/// the signal is sent even if an attempt fails or the server is killed before it.
/// </summary>
/// <param name="config">The program to signal, and the signal.</param>
/// <param name="systemctl">The systemctl program; tests replace it.</param>
/// <param name="limit">Time limit for systemctl; 5 s if null.</param>
internal sealed class AfterWrite(AfterWriteConfig config, string systemctl = "systemctl", TimeSpan? limit = null)
{
    private const string DefaultSignal = "HUP";

    // Signal numbers are the same on every architecture that .NET supports (signal(7)).
    private static readonly Dictionary<string, int> Numbers = new()
    {
        ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["USR1"] = 10, ["USR2"] = 12, ["ALRM"] = 14, ["TERM"] = 15, ["CONT"] = 18, ["WINCH"] = 28,
    };

    /// <summary>Records that this file is about to change, so that a signal is due.</summary>
    /// <exception cref="IOException">The directory is missing, full or read-only, or the note is somebody else's file.</exception>
    public static void Owe(string path)
    {
        var note = NoteOf(path);
        if (File.Exists(note) && new FileInfo(note).Length > 0 && Moment.Parse(File.ReadAllText(note)) is null)
            throw new IOException($"{note} exists and was not written by wg-fleet, which notes there that a signal is due; remove it");

        File.WriteAllBytes(note, []);
    }

    /// <summary>
    /// Records when the file changed. A program that started later has read the new file and gets no signal. If the time is not
    /// recorded, the signal is always sent.
    /// </summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public static void Changed(string path) => File.WriteAllText(NoteOf(path), Moment.Now.ToString());

    /// <summary>Sends one signal if any of these files has changed since the last signal.</summary>
    /// <exception cref="IOException">The signal could not be sent. It stays due, and the next call tries again.</exception>
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

    /// <summary>The time of the latest change among these files; null if the time of any one is not known.</summary>
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
