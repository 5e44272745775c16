using WgFleet.Dashboard.Formatting;
using WgFleet.Hooks;

namespace WgFleet.Dashboard.HookPages;

/// <summary>One hook as pages show it.</summary>
/// <param name="Position">Its place in the running order; null if it is inactive.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">handler, projection, exec or webhook.</param>
/// <param name="Events">The event types it subscribes to.</param>
/// <param name="Status">ok, failing, paused, stuck or inactive.</param>
/// <param name="Reason">Why it is not ok.</param>
/// <param name="Lag">How many events of the log it has not seen yet.</param>
/// <param name="Waiting">The deliveries that are pending.</param>
/// <param name="DeadLetters">The deliveries that were given up.</param>
/// <param name="Attempts">Attempts since the server started.</param>
/// <param name="Failures">The attempts that failed.</param>
/// <param name="LastSuccess">When an attempt last succeeded.</param>
/// <param name="LastError">The last error.</param>
/// <param name="LastErrorAt">When that was.</param>
internal sealed record HookTableRow(
    int? Position,
    string Name,
    string Kind,
    string Events,
    string Status,
    string? Reason,
    long Lag,
    int Waiting,
    int DeadLetters,
    long Attempts,
    long Failures,
    DisplayTime? LastSuccess,
    string? LastError,
    DisplayTime? LastErrorAt)
{
    /// <summary>How the program is of a hook that keeps one running; empty for all others.</summary>
    public IReadOnlyList<(string Name, string Text)> Program { get; init; } = [];

    public static HookTableRow Of(HookInfo hook, DateTimeOffset now) => new(
        hook.Position,
        hook.Name,
        hook.Kind,
        string.Join(", ", hook.Events),
        hook.Status,
        Excerpt.Of(hook.Reason),
        hook.Lag,
        hook.Waiting,
        hook.DeadLetters,
        hook.Attempts,
        hook.Failures,
        hook.LastSuccess is { } success ? DisplayTime.Of(success, now) : null,
        Excerpt.Of(hook.LastError),
        hook.LastErrorAt is { } error ? DisplayTime.Of(error, now) : null)
    {
        Program = hook.Program?.Lines(DisplayTime.Text) ?? [],
    };

    /// <summary>The path of the hook's page.</summary>
    public string Link => LinkTo(Name);

    public static string LinkTo(string hook) => $"/hooks/{Uri.EscapeDataString(hook)}";
}
