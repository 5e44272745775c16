using System.Threading.Channels;

namespace WgFleet.Hosting;

/// <summary>
/// Requests to reload the configuration, by SIGHUP or by operators, and their outcomes. One reload serves all requests that came
/// before it began.
/// </summary>
internal sealed class ReloadRequests
{
    private const int MostOutcomes = 32;

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private readonly List<(long UpTo, ReloadOutcome Outcome)> _outcomes = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];
    private long _asked;
    private long? _running;

    /// <summary>The outcome of the last reload that has ended or waits; null if there was none.</summary>
    public ReloadOutcome? Last
    {
        get
        {
            lock (_gate)
                return _outcomes.Count == 0 ? null : _outcomes[^1].Outcome;
        }
    }

    /// <summary>Requests a reload; returns the number by which its outcome is found.</summary>
    public long Ask()
    {
        long number;
        lock (_gate)
            number = ++_asked;

        _wake.Writer.TryWrite(true);
        return number;
    }

    /// <summary>Waits for a request, and begins the reload that serves it.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await _wake.Reader.ReadAsync(cancellationToken);
        lock (_gate)
        {
            // It serves the requests of a reload that waits, too.
            _outcomes.RemoveAll(o => o.Outcome.Waits);
            _running = _asked;
            _errors.Clear();
            _warnings.Clear();
        }
    }

    /// <summary>Says that the reload that runs waits for something, and why, until it is tried again. Does nothing if none runs.</summary>
    public void Wait()
    {
        lock (_gate)
        {
            if (_running is not { } upTo)
                return;

            Add(upTo, waits: true);
            _errors.Clear();
            _warnings.Clear();
        }
    }

    /// <summary>Adds a warning to the reload that runs; does nothing if none runs.</summary>
    public void Note(IEnumerable<string> errors, IEnumerable<string> warnings)
    {
        lock (_gate)
        {
            _errors.AddRange(errors);
            _warnings.AddRange(warnings);
        }
    }

    /// <summary>Ends the reload that runs, as refused if there were errors. Does nothing if none runs.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_running is not { } upTo)
                return;

            Add(upTo, waits: false);
            _running = null;
        }
    }

    /// <summary>Finds the outcome of a request; it is null while the reload runs.</summary>
    /// <param name="number">What <see cref="Ask"/> has returned.</param>
    /// <param name="outcome">The outcome.</param>
    /// <returns>False if there was no such request.</returns>
    public bool TryFind(long number, out ReloadOutcome? outcome)
    {
        lock (_gate)
        {
            // Only outcomes of requests before a later reload are forgotten.
            outcome = _outcomes.Find(o => o.UpTo >= number).Outcome;
            return number >= 1 && number <= _asked;
        }
    }

    private void Add(long upTo, bool waits)
    {
        _outcomes.RemoveAll(o => o.UpTo == upTo);
        _outcomes.Add((upTo, new ReloadOutcome([.. _errors], [.. _warnings], waits)));
        if (_outcomes.Count > MostOutcomes)
            _outcomes.RemoveAt(0);
    }
}

/// <summary>The outcome of a reload.</summary>
/// <param name="Errors">Why the configuration was refused, or is not in force yet; empty if it is in force.</param>
/// <param name="Warnings">Warnings for the operator.</param>
/// <param name="Waits">Whether the server tries it again by itself.</param>
internal sealed record ReloadOutcome(IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings, bool Waits);
