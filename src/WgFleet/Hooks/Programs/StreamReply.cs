namespace WgFleet.Hooks.Programs;

/// <summary>What came of a line that was written to a running program.</summary>
internal sealed record StreamReply
{
    /// <summary>The program's answer; null if it gave none.</summary>
    public StreamAnswer? Answer { get; init; }

    /// <summary>Why there is no answer, in one sentence; null if there is one.</summary>
    public string? Failure { get; init; }

    /// <summary>How the program ended: "exit 1", "signal 9", "timeout"; null if there is an answer.</summary>
    public string? Code { get; init; }

    /// <summary>Whether the program cannot have acted on the line, since it did not get it, or since it was ended because of another line.</summary>
    public bool IsInnocent { get; init; }

    /// <summary>What the program wrote to its error output while the line was out, the last 4 KiB.</summary>
    public string Log { get; init; } = "";
}

/// <summary>How a running program ended.</summary>
/// <param name="Code">"exit 1", "signal 9", or "timeout" if it was ended because it did not answer.</param>
/// <param name="Reason">What happened, in one line, with the last line of its error output.</param>
internal sealed record StreamEnd(string Code, string Reason);
