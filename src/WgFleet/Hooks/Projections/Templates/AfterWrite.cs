using System.Diagnostics;
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
    // The same on every architecture that .NET runs on (signal(7)).
    private static readonly Dictionary<string, int> Numbers = new()
    {
        ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["USR1"] = 10, ["USR2"] = 12, ["ALRM"] = 14, ["TERM"] = 15, ["CONT"] = 18, ["WINCH"] = 28,
    };

    /// <summary>Notes that this file is about to change.</summary>
    /// <exception cref="IOException">The folder is missing, full or read-only.</exception>
    public static void Owe(string path) => File.WriteAllBytes(NoteOf(path), []);

    /// <summary>Sends one signal if any of these files has changed since the last one that was sent.</summary>
    /// <exception cref="IOException">It could not be sent; it is still owed.</exception>
    public async Task SettleAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var owed = paths.Select(NoteOf).Where(File.Exists).ToList();
        if (owed.Count == 0)
            return;

        if (config.SystemdUnit is { } unit)
            await SignalUnitAsync(unit, cancellationToken);
        else
            PidFile.Signal(config.PidFile!, config.ProcessName, Numbers[config.Signal]);

        foreach (var note in owed)
            File.Delete(note);
    }

    private static string NoteOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.signal");

    private async Task SignalUnitAsync(string unit, CancellationToken cancellationToken)
    {
        // The main process: by default all of a unit's would get it, and what does not expect a signal dies of it.
        // Called kill-whom from 252 on, which still takes the older spelling.
        var start = new ProcessStartInfo(systemctl, ["kill", "--kill-who=main", $"--signal={config.Signal}", unit])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        var command = $"systemctl kill --signal={config.Signal} {unit}";
        var most = limit ?? TimeSpan.FromSeconds(5);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(most);
        using var process = Started(start);
        try
        {
            process.StandardInput.Close();
            var words = process.StandardError.ReadToEndAsync(patience.Token);
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            await Task.WhenAll(words, output);
            if (process.ExitCode != 0)
                throw new IOException($"{command} failed with exit code {process.ExitCode}: {(await words).Trim().Replace("\n", " / ", StringComparison.Ordinal)}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException($"{command} did not end within {most.TotalSeconds:0.###} s");
        }
    }

    private Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"cannot run {systemctl}: {e.Message}; use pidfile where there is no systemd", e);
        }
    }
}
