using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Hooks.Admin;
using WgFleet.Http.Machines;

namespace WgFleet.Http.Api;

/// <summary>The event log: its end, what comes after a number, and a stream that goes on.</summary>
internal static class EventEndpoints
{
    private const int MostEvents = 10_000;
    private const string StreamType = "text/event-stream";

    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void MapEvents(this ApiRoutes api) => api.Looks.MapGet("/events", EventsAsync).Says<EventsInfo>(
        "The last events; or with 'after' those behind a number, waiting up to 30 s for the first; or, asked for text/event-stream, all to come as server-sent events", "events");

    private static async Task<IResult> EventsAsync(
        HttpContext context, [FromServices] HookAdmin desk, [FromServices] IHostApplicationLifetime lifetime, [FromServices] TimeProvider time,
        [FromServices] CallerAuthenticator doorkeeper, [FromServices] EventStreams streams, long? after, int? last, int? wait, CancellationToken cancellationToken)
    {
        if (context.Request.Headers.Accept.Any(a => a?.Contains(StreamType, StringComparison.OrdinalIgnoreCase) == true))
        {
            if (!streams.TryEnter())
                return Problems.Of(StatusCodes.Status503ServiceUnavailable, "too many event streams are open");

            try
            {
                using var ends = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
                await StreamAsync(context, desk, time, doorkeeper, BeginsAt(context) ?? after, ends.Token);
                return Results.Empty;
            }
            finally
            {
                streams.Leave();
            }
        }

        if (after is not { } behind)
            return Answer.Of(desk.Latest(Math.Clamp(last ?? 10, 0, MostEvents)), AdminJson.Default.EventsInfo);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Clamp(wait ?? (int)LongestPoll.TotalSeconds, 0, (int)LongestPoll.TotalSeconds)), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, lifetime.ApplicationStopping, cancellationToken);
        return Answer.Of(await desk.AfterAsync(behind, either.Token), AdminJson.Default.EventsInfo);
    }

    private static async Task StreamAsync(HttpContext context, HookAdmin desk, TimeProvider time, CallerAuthenticator doorkeeper, long? after, CancellationToken ends)
    {
        var response = context.Response;
        response.ContentType = StreamType;
        response.Headers.CacheControl = "no-store";
        await response.WriteAsync(": wg-fleet\n\n", ends);
        await response.Body.FlushAsync(ends);

        var at = after ?? desk.Latest(0).Head;
        while (!ends.IsCancellationRequested)
        {
            using var pause = new CancellationTokenSource(Heartbeat, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, ends);
            var found = await desk.AfterAsync(at, either.Token);

            // Whoever may look no more sees no more, however long ago they came in.
            if (ends.IsCancellationRequested || !doorkeeper.IsStill(context.Caller()))
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

    /// <summary>Where a browser that lost its connection goes on.</summary>
    private static long? BeginsAt(HttpContext context) =>
        long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : null;
}

/// <summary>Bounds how many streams of events are open at once: each holds a connection for as long as its reader likes.</summary>
internal sealed class EventStreams
{
    public const int Most = 100;

    private int _open;

    /// <summary>How many are open.</summary>
    public int Open => Volatile.Read(ref _open);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= Most)
            return true;

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _open);
}
