using WgFleet.Hooks;

namespace WgFleet.Http.Api;

/// <summary>What operators ask of the hooks and do to them.</summary>
internal static class HookEndpoints
{
    private const int DeliveriesShown = 20;
    private const int MostEvents = 10_000;
    private const long LongestWait = 3_600_000;
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(30);

    public static void MapHooks(this ApiRoutes api)
    {
        api.Looks.MapGet("/hooks", (HookDesk desk) => Answer.Of(desk.All(), AdminJson.Default.IReadOnlyListHookFacts));
        api.Looks.MapGet("/hooks/{name}", (HookDesk desk, string name) =>
            Answer.Of(new HookDetails(desk.Find(name), desk.Values(name), desk.Deliveries(name, DeliveriesShown)), AdminJson.Default.HookDetails));
        api.Acts.MapPost("/hooks/{name}/pause", (HookDesk desk, string name, string? reason) => Answer.Of([desk.Pause(name, reason)], AdminJson.Default.IReadOnlyListHookFacts));
        api.Acts.MapPost("/hooks/{name}/resume", (HookDesk desk, string name) => Answer.Of([desk.Resume(name)], AdminJson.Default.IReadOnlyListHookFacts));
        api.Acts.MapPost("/hooks/{name}/run", async (HookDesk desk, string name, CancellationToken cancellationToken) =>
            Answer.Of([await desk.RunAsync(name, cancellationToken)], AdminJson.Default.IReadOnlyListHookFacts));
        api.Acts.MapPost("/hooks/{name}/diff", async (HookDesk desk, string name, CancellationToken cancellationToken) =>
        {
            var diff = await desk.DiffAsync(name, cancellationToken);
            return Answer.Of(new DiffAnswer(diff.Length > 0, diff), AdminJson.Default.DiffAnswer);
        });
        api.Acts.MapPost("/hooks/{name}/replay", (HookDesk desk, string name, string from, string? to, string? type, bool dry) =>
            Answer.Of(new CountAnswer(desk.Replay(name, from, to, type, dry)), AdminJson.Default.CountAnswer));
        api.Acts.MapPost("/hooks/{name}/test", async (HookDesk desk, string name, string? type, string? fleet, string? hostname, CancellationToken cancellationToken) =>
            Answer.Of(await desk.TestAsync(name, type, fleet, hostname, cancellationToken), AdminJson.Default.TestFacts));
        api.Looks.MapGet("/events", EventsAsync);
        api.Looks.MapGet("/wait", WaitAsync);

        api.Looks.MapGet("/deadletters", (HookDesk desk, string? hook) => Answer.Of(desk.DeadLetters(hook), AdminJson.Default.IReadOnlyListDeliveryFacts));
        api.Looks.MapGet("/deadletters/{hook}/{seq}", (HookDesk desk, string hook, long seq) => Answer.Of([desk.DeadLetter(hook, seq)], AdminJson.Default.IReadOnlyListDeliveryFacts));
        api.Acts.MapPost("/deadletters/{hook}/retry", (HookDesk desk, string hook, long? seq) => Answer.Of(new CountAnswer(desk.RetryDead(hook, seq)), AdminJson.Default.CountAnswer));
        api.Acts.MapPost("/deadletters/{hook}/drop", (HookDesk desk, string hook, long? seq) => Answer.Of(new CountAnswer(desk.DropDead(hook, seq)), AdminJson.Default.CountAnswer));
    }

    private static async Task<Answer> WaitAsync(
        HookDesk desk, IHostApplicationLifetime lifetime, long seq, string? hook, long timeout, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        var behind = await desk.WaitAsync(seq, hook, TimeSpan.FromMilliseconds(Math.Clamp(timeout, 0, LongestWait)), either.Token);
        return Answer.Of(new WaitAnswer(behind.Count == 0, behind), AdminJson.Default.WaitAnswer);
    }

    /// <summary>The last events, or those behind a number: with the first of them, or with none after half a minute.</summary>
    private static async Task<Answer> EventsAsync(
        HookDesk desk, IHostApplicationLifetime lifetime, TimeProvider time, long? after, int? last, CancellationToken cancellationToken)
    {
        if (after is not { } behind)
            return Answer.Of(desk.Latest(Math.Clamp(last ?? 10, 0, MostEvents)), AdminJson.Default.EventsFacts);

        using var limit = new CancellationTokenSource(LongestPoll, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, lifetime.ApplicationStopping, cancellationToken);
        return Answer.Of(await desk.AfterAsync(behind, either.Token), AdminJson.Default.EventsFacts);
    }
}
