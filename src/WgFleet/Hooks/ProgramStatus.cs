namespace WgFleet.Hooks;

/// <summary>How the program of a hook is that stays running.</summary>
/// <param name="ProcessId">Its process; null while none runs.</param>
/// <param name="Since">When that process was started.</param>
/// <param name="Starts">How often the program was started since the server started.</param>
/// <param name="Problem">Why it does not run; null if it runs, or has not been started yet.</param>
/// <param name="LastEnd">How the last process ended that has ended; null if none has.</param>
/// <param name="LastEndAt">When that was.</param>
/// <param name="Nonsense">How many lines it has written to its standard output that are no answers.</param>
/// <param name="LastNonsense">What is wrong with the last of them, and its beginning; null if there was none.</param>
internal sealed record ProgramStatus(
    int? ProcessId, DateTimeOffset? Since, int Starts, string? Problem, string? LastEnd, DateTimeOffset? LastEndAt, long Nonsense, string? LastNonsense);
