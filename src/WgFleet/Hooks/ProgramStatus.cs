namespace WgFleet.Hooks;

/// <summary>How the program of a hook is that stays running.</summary>
/// <param name="ProcessId">Its process; null while none runs.</param>
/// <param name="Since">When that process was started.</param>
/// <param name="Starts">How often the program was started since the server started.</param>
/// <param name="Problem">Why it does not run; null if it runs, or has not been started yet.</param>
/// <param name="LastEnd">How the last process ended that has ended; null if none has.</param>
/// <param name="LastEndAt">When that was.</param>
/// <param name="Nonsense">How many lines it has written to its standard output that are not answers.</param>
/// <param name="LastNonsense">What is wrong with the last of them, and its beginning; null if there was none.</param>
internal sealed record ProgramStatus(
    int? ProcessId, DateTimeOffset? Since, int Starts, string? Problem, string? LastEnd, DateTimeOffset? LastEndAt, long Nonsense, string? LastNonsense)
{
    /// <summary>The same as names and sentences, for people.</summary>
    /// <param name="time">How a time is written.</param>
    public IReadOnlyList<(string Name, string Text)> Lines(Func<DateTimeOffset, string> time) =>
    [
        ("program", ProcessId is { } id && Since is { } since ? $"process {id} since {time(since)}, start {Starts}" : $"does not run, {Starts} starts so far"),
        ("program ended", LastEnd is not null && LastEndAt is { } at ? $"{time(at)} {LastEnd}" : "-"),
        ("no answers", LastNonsense is null ? "-" : $"{Nonsense} lines of its standard output were passed over, the last one: {LastNonsense}"),
    ];
}
