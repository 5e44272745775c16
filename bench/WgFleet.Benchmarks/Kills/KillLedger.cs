namespace WgFleet.Benchmarks.Kills;

/// <summary>
/// Compares the events that one worker got over many kills of the server with those that were committed. None may be missing, and a kill
/// may repeat one event. Shared by the benchmark and the system test.
/// </summary>
internal sealed class KillLedger
{
    private readonly HashSet<string> _told = [];
    private int _read;

    /// <summary>The number of events that came again.</summary>
    public int Repeats { get; private set; }

    /// <summary>The largest number of events that came again between two kills.</summary>
    public int MostAfterAKill { get; private set; }

    /// <summary>The number of events that came.</summary>
    public int Count => _told.Count;

    /// <summary>Called after each kill and at the end, with the ids of all events so far, in the order in which they came.</summary>
    public void Read(IReadOnlyList<string> told)
    {
        var repeats = told.Skip(_read).Count(id => !_told.Add(id));
        _read = told.Count;
        Repeats += repeats;
        MostAfterAKill = Math.Max(MostAfterAKill, repeats);
    }

    /// <summary>The committed events that never came.</summary>
    public IReadOnlyList<string> Lost(IEnumerable<string> committed) => [.. committed.Except(_told)];

    /// <summary>The events that came but were never committed.</summary>
    public IReadOnlyList<string> MadeUp(IEnumerable<string> committed) => [.. _told.Except(committed)];
}
