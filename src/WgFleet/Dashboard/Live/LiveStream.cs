using System.Buffers;
using System.Net.Mime;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using WgFleet.Access;
using WgFleet.Fleets.State;
using WgFleet.Http;
using WgFleet.Queries.Troubles;

namespace WgFleet.Dashboard.Live;

/// <summary>Keeps open pages up to date by server-sent events: once a second each viewer gets what has changed on their page.</summary>
/// <remarks>
/// A stream reads the published snapshot. No change waits for a viewer, and a viewer who reads slowly gets the latest
/// state next, not everything in between.
/// </remarks>
internal sealed class LiveStream(
    Func<Snapshot> current, TroubleList troubles, CallerAuthenticator authenticator, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>The shortest time between two messages.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A page that gets nothing for 5 s shows that it is out of date, so an update is sent at least this often.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(3);

    /// <summary>The browser connects again after this time, and its session is then checked completely.</summary>
    private static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(10);

    // Not shared with the API's event streams, so that viewers do not use up the connections of programs.
    private readonly StreamLimits _viewers = new();

    /// <summary>How many pages are open.</summary>
    public int Viewers => _viewers.Open;

    /// <summary>Answers with the stream of a page until the viewer leaves, may no longer see it, or the server stops.</summary>
    public async Task RunAsync(HttpContext context, ILiveView view)
    {
        using var place = _viewers.Enter(context.Caller(), context);
        try
        {
            var response = context.Response;
            response.ContentType = MediaTypeNames.Text.EventStream;
            response.Headers.CacheControl = "no-store";

            // nginx would otherwise collect a few kilobytes first.
            response.Headers["X-Accel-Buffering"] = "no";
            using var update = new LiveUpdate();
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, context.RequestAborted);
            await SseFormatter.WriteAsync(MessagesAsync(context, view, update, ends.Token), response.Body, (item, writer) => writer.Write(item.Data.Text), ends.Token);
        }
        catch (OperationCanceledException)
        {
            // The viewer has left, or the server stops.
        }
    }

    /// <summary>Adds what the bar of every page says.</summary>
    private void AddState(LiveUpdate update, Caller caller)
    {
        var summary = TroubleSummary.Of(troubles.Of(caller));
        update.Set("state", summary.State);
        update.Set("state text", summary.Text);
        update.Set("troubles", summary.Version);
    }

    private async IAsyncEnumerable<SseItem<LiveUpdate>> MessagesAsync(
        HttpContext context, ILiveView view, LiveUpdate update, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (began, goesOn) = (time.GetTimestamp(), true);
        var sentAt = began;
        while (goesOn && time.GetElapsedTime(began) < MaxDuration && authenticator.IsStill(context.Caller()))
        {
            var now = time.GetTimestamp();
            update.Begin(time.GetUtcNow());
            goesOn = view.AddChanges(context.Caller().Sees(current()), time.GetUtcNow(), update);
            AddState(update, context.Caller());
            update.End();
            var took = time.GetElapsedTime(now);
            if (update.HasChanges || time.GetElapsedTime(sentAt) >= Heartbeat)
            {
                sentAt = now;
                yield return new(update) { ReconnectionInterval = Reconnect };
            }

            // All viewers together may use a tenth of one processor, for any number of viewers and any size of fleet.
            var rest = took * 10 * Viewers;
            if (goesOn)
                await Task.Delay(rest > Interval ? rest : Interval, time, cancellationToken);
        }
    }
}
