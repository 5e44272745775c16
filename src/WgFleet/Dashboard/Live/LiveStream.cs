using System.Net.Mime;
using WgFleet.Access;
using WgFleet.Fleets.State;
using WgFleet.Http;
using WgFleet.Http.Api;
using WgFleet.Http.Machines;

namespace WgFleet.Dashboard.Live;

/// <summary>
/// Tells a viewer once a second what has changed of what they look at, by server-sent events. It looks at the published snapshot by itself: nobody
/// who changes something waits for a viewer, and who is slow to read is told the latest when they have read, not all that was.
/// </summary>
internal sealed class LiveStream(Func<Snapshot> current, CallerAuthenticator doorkeeper, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>The least time between two messages.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>After so long a browser has to ask again, which is when sessions are looked at in full.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    // Of their own: who looks must not keep programs from the events.
    private readonly EventStreams _viewers = new();

    /// <summary>How many pages are being watched.</summary>
    public int Viewers => _viewers.Open;

    public async Task RunAsync(HttpContext context, ILiveView live)
    {
        if (!_viewers.TryEnter())
        {
            await Answer.Detail(StatusCodes.Status503ServiceUnavailable, "too many pages are being watched").ExecuteAsync(context);
            return;
        }

        try
        {
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, context.RequestAborted);
            await TellAsync(context, live, ends.Token);
        }
        catch (OperationCanceledException)
        {
            // The viewer has gone, or the server is going.
        }
        finally
        {
            _viewers.Leave();
        }
    }

    private async Task TellAsync(HttpContext context, ILiveView live, CancellationToken ends)
    {
        var response = context.Response;
        response.ContentType = MediaTypeNames.Text.EventStream;
        response.Headers.CacheControl = "no-store";

        // Proxies that would rather collect a few kilobytes first.
        response.Headers["X-Accel-Buffering"] = "no";
        await response.Body.WriteAsync("retry: 3000\n\n"u8.ToArray(), ends);

        using var news = new LiveUpdate();
        var began = time.GetTimestamp();
        var toldAt = began;
        while (time.GetElapsedTime(began) < Longest && doorkeeper.IsStill(context.Caller()))
        {
            var now = time.GetTimestamp();
            news.Begin(time.GetUtcNow());
            var goesOn = live.Tell(current(), time.GetUtcNow(), news);
            news.End();
            var took = time.GetElapsedTime(now);
            if (news.IsAny)
                await response.Body.WriteAsync(news.Text, ends);
            else if (time.GetElapsedTime(toldAt) >= Heartbeat)
                await response.Body.WriteAsync(": still here\n\n"u8.ToArray(), ends);

            if (news.IsAny || time.GetElapsedTime(toldAt) >= Heartbeat)
            {
                await response.Body.FlushAsync(ends);
                toldAt = now;
            }

            if (!goesOn)
                return;

            // All viewers together take a tenth of one processor at most, however many they are and however large the fleet.
            var rest = took * 10 * Viewers;
            await Task.Delay(rest > Pause ? rest : Pause, time, ends);
        }
    }
}
