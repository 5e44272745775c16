using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Discovery;

namespace WgFleet.Hooks.Admin;

/// <summary>How one hook is doing now, as operators are told on every surface.</summary>
internal sealed record HookInfo
{
    /// <summary>Its place in the running order, from 1; null if it is not active.</summary>
    public int? Position { get; init; }

    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>The class, file or address behind it.</summary>
    public required string Source { get; init; }

    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>"built-in", "plugin", "config" or "drop-in".</summary>
    public required string Origin { get; init; }

    /// <summary>How long one run may take; null if it is not known.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Whether responses wait for it.</summary>
    public bool Await { get; init; }

    /// <summary>"ok", "failing", "paused", "stuck" or "inactive".</summary>
    public required string Status { get; init; }

    /// <summary>Why it is not ok; null if it is.</summary>
    public string? Reason { get; init; }

    /// <summary>How many numbers of the event log it is behind.</summary>
    public long Lag { get; init; }

    /// <summary>Events that it has taken over and that have not arrived.</summary>
    public int Waiting { get; init; }

    public int DeadLetters { get; init; }

    /// <summary>Since the server started.</summary>
    public long Attempts { get; init; }

    /// <summary>Of these attempts.</summary>
    public long Failures { get; init; }

    public DateTimeOffset? LastSuccess { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>What is known of a hook with or without a server.</summary>
    public static HookInfo Of(HookSummary hook) => new()
    {
        Position = hook.Position,
        Name = hook.Name,
        Kind = hook.Kind,
        Source = hook.Source,
        Events = hook.Events,
        Origin = hook.Origin,
        TimeoutSeconds = hook.Timeout == TimeSpan.Zero ? null : hook.Timeout.TotalSeconds,
        Await = hook.Await,
        Status = hook.Inactive is null ? HookSummary.Ok : HookSummary.InactiveWord,
        Reason = hook.Inactive,
    };

    /// <summary>The same with how it fares.</summary>
    public static HookInfo Of(HookSummary hook, DeliveryWorker? lane, long lag)
    {
        var facts = Of(hook);
        if (hook.Status is not { } status)
            return facts;

        var (word, reason) = hook.Standing(lane?.Paused);
        return facts with
        {
            Status = word,
            Reason = reason,
            Lag = lag,
            Waiting = lane?.Waiting ?? 0,
            DeadLetters = lane?.DeadLetters ?? 0,
            Attempts = status.Runs,
            Failures = status.Failures,
            LastSuccess = status.LastSuccess,
            LastError = status.LastFailure?.Error,
            LastErrorAt = status.LastFailure?.At,
        };
    }
}

/// <summary>One event on its way to one hook, as operators are told.</summary>
internal sealed record DeliveryInfo
{
    public required string Hook { get; init; }

    public long Seq { get; init; }

    /// <summary>The event's type; null if the event is no longer kept.</summary>
    public string? Event { get; init; }

    public string? EventId { get; init; }

    public string? Subject { get; init; }

    /// <summary>"done", "pending" or "dead".</summary>
    public required string State { get; init; }

    public int Attempts { get; init; }

    public string? Code { get; init; }

    public string? Error { get; init; }

    public string? Response { get; init; }

    public long TookMs { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}
