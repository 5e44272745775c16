namespace WgFleet.Hooks.Programs;

/// <summary>The outcome of a line that was written to a running program.</summary>
internal sealed record StreamReply
{
    /// <summary>The program's answer; null if there is none.</summary>
    public StreamAnswer? Answer { get; init; }

    /// <summary>Why there is no answer, in one sentence; null if there is one.</summary>
    public string? Failure { get; init; }

    /// <summary>How the program ended: "exit 1", "signal 9", "timeout"; null if there is an answer.</summary>
    public string? Code { get; init; }

    /// <summary>Whether the line did not cause the program's end: the program did not get it, or was ended because of another line.</summary>
    public bool IsInnocent { get; init; }

    /// <summary>What the program wrote to its error output while the line was unanswered, the last 4 KiB.</summary>
    public string Log { get; init; } = "";
}

/// <summary>How a running program ended.</summary>
/// <param name="Code">"exit 1", "signal 9", or "timeout" if it was ended because it did not answer.</param>
/// <param name="Reason">What happened, in one line, with the last line of its error output.</param>
internal sealed record StreamEnd(string Code, string Reason);
