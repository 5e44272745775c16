using System.Globalization;
using System.Text;
using WgFleet.Access;
using WgFleet.Hooks.Admin;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>
/// Sends events as server-sent events as long as the listener stays and has permission. Written by hand, because the framework's own result sends no comments,
/// and only a comment every 15 s detects that a listener has gone.
/// </summary>
/// <remarks>The format: https://html.spec.whatwg.org/multipage/server-sent-events.html</remarks>
internal sealed class EventStream(HookAdmin hooks, CallerAuthenticator authenticator, TimeProvider time)
{
    public const string ContentType = "text/event-stream";

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Runs until the listener goes, its permission ends, or <paramref name="ends"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who listens.</param>
    /// <param name="after">The number of the last event the listener has; null for as of now.</param>
    /// <param name="ends">Ends the stream.</param>
    public async Task RunAsync(HttpContext context, Caller caller, long? after, CancellationToken ends)
    {
        var response = context.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        await response.WriteAsync(": wg-fleet\n\n", ends);
        await response.Body.FlushAsync(ends);

        var at = after ?? hooks.Head;
        while (!ends.IsCancellationRequested)
        {
            using var pause = new CancellationTokenSource(Heartbeat, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, ends);
            var found = await hooks.AfterAsync(at, either.Token);

            // The permission may have ended since the stream began.
            if (ends.IsCancellationRequested || !authenticator.IsStill(caller))
                return;

            await response.WriteAsync(found.Events.Count == 0 ? ": still here\n\n" : Text(found.Events), ends);
            await response.Body.FlushAsync(ends);
            at = found.Events.Count > 0 ? found.Events[^1].Seq : Math.Max(at, found.Head);
        }
    }

    private static string Text(IReadOnlyList<EventInfo> events)
    {
        var text = new StringBuilder();
        foreach (var e in events)
            text.Append(CultureInfo.InvariantCulture, $"id: {e.Seq}\nevent: {e.Type}\ndata: {e.Event.GetRawText()}\n\n");

        return text.ToString();
    }
}
