using System.Diagnostics;
using WgFleet.Cli.Remote;
using WgFleet.Hooks;
using WgFleet.Http.Api;

namespace WgFleet.Cli.Rehearsals;

/// <summary>Asks the rehearsal's gateway again and again how far its hooks are, and whether it holds a prune.</summary>
internal sealed class HookWatch(AdminClient operators)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, Seen> _hooks = [];
    private bool _isHeld;

    /// <summary>How many prunes were held.</summary>
    public int HeldPrunes { get; private set; }

    /// <summary>The hooks that had not handled every event at the last look.</summary>
    public IReadOnlyList<(string Name, long Behind)> Behind { get; private set; } = [];

    /// <summary>What was seen of each hook that runs.</summary>
    public IReadOnlyList<HookReport> Report() =>
        [.. _hooks.Values.Select(h => new HookReport(h.Latest.Name, h.Latest.Kind, h.Most, h.Longest, h.Failures, h.Latest.DeadLetters, h.Latest.Reason))];

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(cancellationToken);
                await Task.Delay(Pause, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Waits until no hook is behind, or until the time is over.</summary>
    public async Task IdleAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        // The look that is under way may have begun before the last event.
        var begin = Stopwatch.GetTimestamp();
        await Task.Delay(2 * Pause, cancellationToken);
        while (Behind.Count > 0 && Stopwatch.GetElapsedTime(begin) < limit)
            await Task.Delay(Pause, cancellationToken);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var hooks = await operators.GetAsync("/hooks", AdminJson.Default.IReadOnlyListHookInfo, cancellationToken);
            var fleets = await operators.GetAsync("/fleets", AdminJson.Default.FleetsResponse, cancellationToken);
            foreach (var hook in hooks.Where(h => h.Position is not null))
            {
                if (!_hooks.TryGetValue(hook.Name, out var seen))
                    _hooks.Add(hook.Name, seen = new Seen { Latest = hook });

                seen.Note(hook);
            }

            Behind = [.. hooks.Where(h => h.Position is not null && h.Lag + h.Waiting > 0).Select(h => (h.Name, h.Lag + h.Waiting))];
            var isHeld = fleets.Fleets.Any(f => f.Prune == "held");
            HeldPrunes += isHeld && !_isHeld ? 1 : 0;
            _isHeld = isHeld;
        }
        catch (AdminException)
        {
            // The gateway is being killed; what waits for hooks goes on waiting.
        }
    }

    private sealed class Seen
    {
        private long? _since;
        private long _failuresBefore;

        public required HookInfo Latest { get; set; }

        /// <summary>The most events that waited for it at once.</summary>
        public long Most { get; private set; }

        /// <summary>The longest time in which there was always an event that waited for it, in seconds.</summary>
        public double Longest { get; private set; }

        public long Failures => _failuresBefore + Latest.Failures;

        public void Note(HookInfo hook)
        {
            // The server counts from its start.
            if (hook.Attempts < Latest.Attempts)
                _failuresBefore += Latest.Failures;

            Latest = hook;
            var waiting = hook.Lag + hook.Waiting;
            Most = Math.Max(Most, waiting);
            if (waiting > 0)
                _since ??= Stopwatch.GetTimestamp();

            // Also at the look that finds nothing: it waited until some time before that.
            if (_since is { } since)
                Longest = Math.Max(Longest, Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds, 3));

            if (waiting == 0)
                _since = null;
        }
    }
}
