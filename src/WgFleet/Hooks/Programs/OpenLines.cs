namespace WgFleet.Hooks.Programs;

/// <summary>The lines that a program has not answered yet, and their timeout. Safe for concurrent use.</summary>
internal sealed class OpenLines : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Action<OpenLine> _onExpired;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<OpenLine>> _byId = [];

    // The first has waited longest. All have the same timeout.
    private readonly LinkedList<OpenLine> _lines = [];
    private bool _isClosed;

    /// <param name="time">The clock.</param>
    /// <param name="onExpired">Called once with the first line that was not answered in time; must not block.</param>
    public OpenLines(TimeProvider time, Action<OpenLine> onExpired)
    {
        (_time, _onExpired) = (time, onExpired);
        _timer = time.CreateTimer(_ => OnTime(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The line that was not answered in time; null if there is none.</summary>
    public OpenLine? Expired { get; private set; }

    /// <summary>Adds a line, whose time begins now. False after <see cref="Close"/>.</summary>
    public bool Add(OpenLine line)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;

            line.Started = _time.GetTimestamp();
            _byId.Add(line.Id, _lines.AddLast(line));

            // If others are before it, the timer is set already. If it fires too early for this one, it is set again.
            if (_lines.Count == 1)
                _timer.Change(line.Timeout, Timeout.InfiniteTimeSpan);

            return true;
        }
    }

    /// <summary>Removes and returns the line with the id of an answer; null if there is none.</summary>
    public OpenLine? Take(string id)
    {
        lock (_gate)
        {
            if (!_byId.Remove(id, out var node))
                return null;

            _lines.Remove(node);
            return node.Value;
        }
    }

    /// <summary>Accepts no more lines; returns those that will not be answered, in the order in which they were written.</summary>
    public IReadOnlyList<OpenLine> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            return [.. _lines];
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTime()
    {
        lock (_gate)
        {
            if (_lines.First?.Value is not { } first || Expired is not null || _isClosed)
                return;

            if (first.Timeout - _time.GetElapsedTime(first.Started) is var left && left > TimeSpan.Zero)
            {
                // Timers count whole milliseconds.
                _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                return;
            }

            Expired = first;
        }

        _onExpired(Expired);
    }
}

/// <summary>A line that waits for its answer.</summary>
/// <param name="id">The id in the line.</param>
/// <param name="timeout">How long the answer may take.</param>
/// <param name="mark">How many bytes the program had written to its error output before.</param>
internal sealed class OpenLine(string id, TimeSpan timeout, long mark)
{
    public string Id => id;

    public TimeSpan Timeout => timeout;

    public long Mark => mark;

    /// <summary>When it was written.</summary>
    public long Started { get; set; }

    /// <summary>Its number among the lines of the input; the maximum before it is written.</summary>
    public long Number { get; set; } = long.MaxValue;

    public TaskCompletionSource<StreamReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
