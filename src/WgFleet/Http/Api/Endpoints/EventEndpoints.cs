using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using WgFleet.Access;
using WgFleet.Hooks.Admin;
using WgFleet.Hosting;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>The event log: the last events, the events after a number, and a stream of new events.</summary>
internal static class EventEndpoints
{
    private const int MaxEvents = 10_000;
    private const int DefaultEvents = 10;
    private const int MaxWaitSeconds = 30;

    public static void MapEvents(this ApiRoutes api) => api.Read.MapGet("/events", EventsAsync)
        .Produces<EventsInfo>()
        .Describe("events", "listEvents", "The last events; with 'after' the events after a number, waiting up to 'wait' seconds for the first; with text/event-stream all new events, as server-sent events");

    private static async Task<IResult> EventsAsync(
        HttpContext context, Caller caller, HookAdmin hooks, EventStream stream, StreamLimits limits, IHostApplicationLifetime lifetime, TimeProvider time,
        long? after, [Range(0, MaxEvents), DefaultValue(DefaultEvents)] int? last,
        [Range(0, MaxWaitSeconds), DefaultValue(MaxWaitSeconds)] int? wait, CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        if (context.Request.Headers.Accept.Any(a => a?.Contains(EventStream.ContentType, StringComparison.OrdinalIgnoreCase) == true))
        {
            using var place = limits.Enter(caller, context);
            await stream.RunAsync(context, caller, LastEventId(context) ?? after, ends.Token);
            return Results.Empty;
        }

        if (after is not { } seq)
            return TypedResults.Ok(await hooks.LatestAsync(Math.Clamp(last ?? DefaultEvents, 0, MaxEvents), cancellationToken));

        using var longPoll = limits.Enter(caller, context);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Clamp(wait ?? MaxWaitSeconds, 0, MaxWaitSeconds)), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ends.Token);
        return TypedResults.Ok(await hooks.AfterAsync(seq, either.Token));
    }

    /// <summary>The last event that a reader got before its connection was lost; null if it does not say.</summary>
    private static long? LastEventId(HttpContext context)
    {
        if (context.Request.Headers["Last-Event-ID"] is not [.., { Length: > 0 } text])
            return null;

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq
            : throw new RefusedException(Refusal.Invalid, "Last-Event-ID is the number of an event");
    }
}
