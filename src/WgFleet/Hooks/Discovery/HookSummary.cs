namespace WgFleet.Hooks.Discovery;

/// <summary>One row of <c>wg-fleet hooks list</c>: a class that carries [Hook], active or not, and why not.</summary>
internal sealed record HookSummary
{
    public const string Ok = "ok";
    public const string InactiveWord = "inactive";

    /// <summary>What <see cref="Standing"/> may say.</summary>
    public static readonly IReadOnlyList<string> Words = [Ok, "failing", "stuck", "paused", InactiveWord];

    /// <summary>Its place in the running order, from 1; null if it is not active.</summary>
    public int? Position { get; init; }

    public required string Name { get; init; }

    /// <summary>"handler" or "projection"; "-" for a class that is neither or both, "plugin" for an assembly that is not loaded.</summary>
    public required string Kind { get; init; }

    /// <summary>The types of the events it gets; for a projection those that make it run.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>The class, or the file and its template.</summary>
    public required string Source { get; init; }

    /// <summary>One of <see cref="HookOrigin"/>.</summary>
    public required string Origin { get; init; }

    /// <summary>What holds for it, and who says so; empty for an assembly that is not loaded.</summary>
    public IReadOnlyList<EffectiveSetting> Values { get; init; } = [];

    /// <summary>Why it does not run; null if it does.</summary>
    public string? Inactive { get; init; }

    public bool Await { get; init; }

    /// <summary>Null for a handler.</summary>
    public TimeSpan? MinInterval { get; init; }

    /// <summary>How long one run may take; zero for an assembly that is not loaded, of which nothing is known.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How it has fared; null if it is not active.</summary>
    public HookStatus? Status { get; init; }

    /// <summary>How it stands in one word and, unless that is "ok", why: what an operator must know first comes first.</summary>
    /// <param name="paused">Why nothing is delivered to it; null if it is.</param>
    public (string Word, string? Reason) Standing(string? paused) => Status switch
    {
        null => (InactiveWord, Inactive),
        { Stuck: true } => ("stuck", "a call has not returned; no other starts until it does"),
        _ when paused is not null => ("paused", paused),
        { Failing: true } => ("failing", Status.LastFailure?.Error),
        _ => (Ok, null),
    };
}
