namespace WgFleet.Hooks;

/// <summary>A hook as operators see it: in the API, on pages and in the CLI.</summary>
internal sealed record HookInfo
{
    /// <summary>Its place in the running order, from 1; null if it does not run.</summary>
    public int? Position { get; init; }

    public required string Name { get; init; }

    /// <summary>"handler", "projection" or, for a delivery, its key in the configuration, such as "exec"; "-" for a hook that is no longer configured.</summary>
    public required string Kind { get; init; }

    /// <summary>The class, file or address behind it.</summary>
    public required string Source { get; init; }

    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>"built-in", "config" or "drop-in"; "removed" for a hook that is no longer configured.</summary>
    public required string Origin { get; init; }

    /// <summary>How long one run may take, in seconds; null if it is not known.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Whether responses wait for it.</summary>
    public bool Await { get; init; }

    /// <summary>"ok", "failing", "paused", "stuck" or "inactive".</summary>
    public required string Status { get; init; }

    /// <summary>Why it is not ok; null if it is.</summary>
    public string? Reason { get; init; }

    /// <summary>How many numbers of the event log it is behind.</summary>
    public long Lag { get; init; }

    /// <summary>Its pending deliveries.</summary>
    public int Waiting { get; init; }

    public int DeadLetters { get; init; }

    /// <summary>Since the server started.</summary>
    public long Attempts { get; init; }

    /// <summary>Of these attempts.</summary>
    public long Failures { get; init; }

    public DateTimeOffset? LastSuccess { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>The program of a hook that keeps one running; null for all others.</summary>
    public ProgramStatus? Program { get; init; }

    /// <summary>A hook without a server, or one that does not run.</summary>
    public static HookInfo Of(HookDefinition hook) => new()
    {
        Position = hook.Position,
        Name = hook.Name,
        Kind = hook.KindName,
        Source = hook.Source,
        Events = hook.Events,
        Origin = hook.Origin.Text(),
        TimeoutSeconds = hook.Timeout == TimeSpan.Zero ? null : hook.Timeout.TotalSeconds,
        Await = hook.Await,
        Status = (hook.Inactive is null ? HookStatus.Ok : HookStatus.Inactive).Text(),
        Reason = hook.Inactive,
    };

    /// <summary>An active hook. Reads only memory.</summary>
    public static HookInfo Of(Hook hook)
    {
        var (status, reason) = hook.Status;
        return Of(hook.Definition) with
        {
            Status = status.Text(),
            Reason = reason,
            Lag = hook.Lag,
            Waiting = hook.Waiting,
            DeadLetters = hook.DeadLetters,
            Attempts = hook.Health.Runs,
            Failures = hook.Health.Failures,
            LastSuccess = hook.Health.LastSuccess,
            LastError = hook.Health.LastFailure?.Error,
            LastErrorAt = hook.Health.LastFailure?.At,
            Program = hook.Program,
        };
    }
}
