using WgFleet.Hooks.Admin;

namespace WgFleet.Dashboard;

/// <summary>One hook as a row of text; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Position">Its place in the running order; null if it is not active.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Events">The events it gets.</param>
/// <param name="Status">ok, failing, paused, stuck or inactive.</param>
/// <param name="Reason">Why it is not ok.</param>
/// <param name="Lag">How many numbers of the log it is behind.</param>
/// <param name="Waiting">What it has taken over that has not arrived.</param>
/// <param name="DeadLetters">What it has given up.</param>
/// <param name="Attempts">Since the server started.</param>
/// <param name="Failures">Of these.</param>
/// <param name="LastSuccess">When one last went well.</param>
/// <param name="LastError">What went wrong last.</param>
/// <param name="LastErrorAt">When.</param>
public sealed record HookTableRow(
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
    private const int MaxText = 300;

    internal static HookTableRow Of(HookInfo hook, DateTimeOffset now) => new(
        hook.Position,
        hook.Name,
        hook.Kind,
        string.Join(", ", hook.Events),
        hook.Status,
        Cut(hook.Reason),
        hook.Lag,
        hook.Waiting,
        hook.DeadLetters,
        hook.Attempts,
        hook.Failures,
        hook.LastSuccess is { } success ? DisplayTime.Of(success, now) : null,
        Cut(hook.LastError),
        hook.LastErrorAt is { } error ? DisplayTime.Of(error, now) : null);

    /// <summary>Of what a receiver or a hook has said, which may be anything, as much as a page has room for.</summary>
    internal static string? Cut(string? text) => text is { Length: > MaxText } ? text[..MaxText] + "..." : text;
}

/// <summary>One event on its way to a hook, as a row of text.</summary>
/// <param name="Seq">The event's number.</param>
/// <param name="Event">Its type.</param>
/// <param name="Subject">Whom it is about.</param>
/// <param name="State">done, pending or dead.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Code">The receiver's word.</param>
/// <param name="TookMs">How long the last attempt took.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Response">The head of what the receiver said.</param>
/// <param name="Ended">When the last attempt ended.</param>
public sealed record DeliveryTableRow(
    long Seq, string Event, string Subject, string State, int Attempts, string Code, long TookMs, string? Error, string? Response, DisplayTime? Ended)
{
    internal static DeliveryTableRow Of(DeliveryInfo delivery, DateTimeOffset now) => new(
        delivery.Seq,
        delivery.Event ?? "(no longer kept)",
        delivery.Subject ?? "",
        delivery.State,
        delivery.Attempts,
        delivery.Code ?? "-",
        delivery.TookMs,
        HookTableRow.Cut(delivery.Error),
        HookTableRow.Cut(delivery.Response),
        delivery.EndedAt is { } at ? DisplayTime.Of(at, now) : null);
}
