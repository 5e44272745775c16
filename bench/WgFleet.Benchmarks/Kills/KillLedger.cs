namespace WgFleet.Benchmarks.Kills;

/// <summary>
/// What one lane was told over many kills of the server, held against what was committed: nothing may be missing, and a kill
/// may have one event repeated. Shared by the benchmark and the system test.
/// </summary>
internal sealed class KillLedger
{
    private readonly HashSet<string> _told = [];
    private int _read;

    /// <summary>How many events were told again.</summary>
    public int Repeats { get; private set; }

    /// <summary>The most that were told again between two kills.</summary>
    public int MostAfterAKill { get; private set; }

    /// <summary>How many events were told.</summary>
    public int Count => _told.Count;

    /// <summary>Reads on, after each kill and at the end: the ids of all events told so far, in the order of their telling.</summary>
    public void Read(IReadOnlyList<string> told)
    {
        var repeats = told.Skip(_read).Count(id => !_told.Add(id));
        _read = told.Count;
        Repeats += repeats;
        MostAfterAKill = Math.Max(MostAfterAKill, repeats);
    }

    /// <summary>The committed events that were never told.</summary>
    public IReadOnlyList<string> Lost(IEnumerable<string> committed) => [.. committed.Except(_told)];

    /// <summary>What was told and never committed.</summary>
    public IReadOnlyList<string> MadeUp(IEnumerable<string> committed) => [.. _told.Except(committed)];
}
