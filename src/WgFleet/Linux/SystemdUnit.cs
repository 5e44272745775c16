using System.Diagnostics;
using System.Globalization;

namespace WgFleet.Linux;

/// <summary>
/// A systemd unit that reads a file of ours. Makes it read the file again if it runs and was started before the file was written. No
/// signal is sent to a process that it would end.
/// </summary>
/// <param name="name">The unit.</param>
/// <param name="systemctl">The program systemctl; tests use another one.</param>
/// <param name="limit">How long all of it may take.</param>
internal sealed class SystemdUnit(string name, string systemctl, TimeSpan limit)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Reloads the unit by systemd, or sends a signal to its main process.</summary>
    /// <param name="signal">The signal, such as HUP; null for a reload, or HUP where the unit has none.</param>
    /// <param name="number">The signal's number.</param>
    /// <param name="written">When the file was written; null if unknown.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The unit could not be reloaded or signaled.</exception>
    public async Task TellAsync(string? signal, int number, Moment? written, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var state = await StateAsync(limit - watch.Elapsed, cancellationToken);
            if (!state.Runs || written?.IsBefore(state.StartedAt) == true)
                return; // It reads the present file when it starts, or has read it already.

            var reloads = signal is null && state.CanReload;
            var expects = SignalMask.Survives(state.MainProcess, number);
            if (!state.Starts && (expects || (reloads && (state.MainProcess == 0 || !state.IsYoungerThan(limit)))))
            {
                // Ignores the order of units: a unit that is ordered after us must not wait for us while we wait for it.
                string[] command = reloads
                    ? ["reload", "--job-mode=ignore-dependencies", name]
                    : ["kill", "--kill-who=main", $"--signal={signal ?? "HUP"}", name];
                await RunAsync(command, limit - watch.Elapsed, cancellationToken);
                return;
            }

            if (watch.Elapsed + Pause >= limit || (!state.Starts && !state.IsYoungerThan(limit)))
            {
                throw new IOException(state.Starts
                    ? $"{name} is still starting; it will be reloaded when it has started"
                    : $"process {state.MainProcess} of {name} would end if it got {signal ?? "HUP"}; give 'signal' the one at which it reads its files");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<State> StateAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var shown = await RunAsync(
            ["show", "--property=LoadState,ActiveState,MainPID,CanReload,InactiveExitTimestampMonotonic", name], within, cancellationToken);
        var values = shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).Where(p => p.Length == 2)
            .ToDictionary(p => p[0], p => p[1]);
        if (values.GetValueOrDefault("LoadState") == "not-found")
            throw new IOException($"there is no unit {name}; install it, or correct systemd_unit");

        return new State(
            values.GetValueOrDefault("ActiveState") ?? "",
            (int)Number("MainPID"),
            values.GetValueOrDefault("CanReload") == "yes",
            Number("InactiveExitTimestampMonotonic"));

        long Number(string key) => long.TryParse(values.GetValueOrDefault(key), NumberStyles.None, null, out var number) ? number : 0;
    }

    private async Task<string> RunAsync(IReadOnlyList<string> arguments, TimeSpan within, CancellationToken cancellationToken)
    {
        var command = $"systemctl {string.Join(' ', arguments)}";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(within > TimeSpan.Zero ? within : TimeSpan.Zero);
        CommandResult result;
        try
        {
            result = await SystemCommand.RunAsync(systemctl, arguments, patience.Token);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException($"{command} did not end within {limit.TotalSeconds:0.###} s");
        }
        catch (IOException e)
        {
            throw new IOException($"cannot run {systemctl}: {e.Message}; use pidfile where there is no systemd", e);
        }

        return result.Failure is { } failure
            ? throw new IOException($"{command} failed with {failure}: {result.Output.Trim().Replace("\n", " / ", StringComparison.Ordinal)}")
            : result.Output;
    }

    /// <param name="Active">ActiveState of the unit.</param>
    /// <param name="MainProcess">0 if it has none.</param>
    /// <param name="CanReload">Whether it has an ExecReload=.</param>
    /// <param name="StartedAt">When it began to start, in microseconds of CLOCK_MONOTONIC.</param>
    private readonly record struct State(string Active, int MainProcess, bool CanReload, long StartedAt)
    {
        public bool Runs => Active is "active" or "reloading" or "activating";

        public bool Starts => Active == "activating";

        public bool IsYoungerThan(TimeSpan age) => Moment.Now.Microseconds - StartedAt < age.TotalMicroseconds;
    }
}
