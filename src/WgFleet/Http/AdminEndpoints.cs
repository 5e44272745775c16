using WgFleet.Hooks;

namespace WgFleet.Http;

/// <summary>What operators' commands ask the running server, on their socket alone.</summary>
internal static class AdminEndpoints
{
    private const int DeliveriesShown = 20;
    private const int MostEvents = 10_000;
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(30);

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup(AdminRoutes.Prefix).AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (DeskException e)
            {
                return Answer.Detail(StatusCodes.Status409Conflict, e.Message);
            }
        });

        admin.MapGet("/hooks", (HookDesk desk) => Answer.Of(desk.All(), AdminJson.Default.IReadOnlyListHookFacts));
        admin.MapGet("/hooks/{name}", (HookDesk desk, string name) =>
            Answer.Of(new HookDetails(desk.Find(name), desk.Values(name), desk.Deliveries(name, DeliveriesShown)), AdminJson.Default.HookDetails));
        admin.MapPost("/hooks/{name}/pause", (HookDesk desk, string name, string? reason) => Answer.Of([desk.Pause(name, reason)], AdminJson.Default.IReadOnlyListHookFacts));
        admin.MapPost("/hooks/{name}/resume", (HookDesk desk, string name) => Answer.Of([desk.Resume(name)], AdminJson.Default.IReadOnlyListHookFacts));
        admin.MapPost("/hooks/{name}/run", async (HookDesk desk, string name, CancellationToken cancellationToken) =>
            Answer.Of([await desk.RunAsync(name, cancellationToken)], AdminJson.Default.IReadOnlyListHookFacts));
        admin.MapPost("/hooks/{name}/diff", async (HookDesk desk, string name, CancellationToken cancellationToken) =>
        {
            var diff = await desk.DiffAsync(name, cancellationToken);
            return Answer.Of(new DiffAnswer(diff.Length > 0, diff), AdminJson.Default.DiffAnswer);
        });
        admin.MapPost("/hooks/{name}/replay", (HookDesk desk, string name, string from, string? to, string? type, bool dry) =>
            Answer.Of(new CountAnswer(desk.Replay(name, from, to, type, dry)), AdminJson.Default.CountAnswer));
        admin.MapPost("/hooks/{name}/test", async (HookDesk desk, string name, string? type, string? fleet, string? hostname, CancellationToken cancellationToken) =>
            Answer.Of(await desk.TestAsync(name, type, fleet, hostname, cancellationToken), AdminJson.Default.TestFacts));
        admin.MapGet("/events", EventsAsync);
        admin.MapGet("/wait", WaitAsync);

        admin.MapGet("/deadletters", (HookDesk desk, string? hook) => Answer.Of(desk.DeadLetters(hook), AdminJson.Default.IReadOnlyListDeliveryFacts));
        admin.MapGet("/deadletters/{hook}/{seq}", (HookDesk desk, string hook, long seq) => Answer.Of([desk.DeadLetter(hook, seq)], AdminJson.Default.IReadOnlyListDeliveryFacts));
        admin.MapPost("/deadletters/{hook}/retry", (HookDesk desk, string hook, long? seq) => Answer.Of(new CountAnswer(desk.RetryDead(hook, seq)), AdminJson.Default.CountAnswer));
        admin.MapPost("/deadletters/{hook}/drop", (HookDesk desk, string hook, long? seq) => Answer.Of(new CountAnswer(desk.DropDead(hook, seq)), AdminJson.Default.CountAnswer));
    }

    private static async Task<Answer> WaitAsync(
        HookDesk desk, IHostApplicationLifetime lifetime, long seq, string? hook, long timeout, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        var behind = await desk.WaitAsync(seq, hook, TimeSpan.FromMilliseconds(timeout), either.Token);
        return Answer.Of(new WaitAnswer(behind.Count == 0, behind), AdminJson.Default.WaitAnswer);
    }

    /// <summary>The last events, or those behind a number: with the first of them, or with none after half a minute.</summary>
    private static async Task<Answer> EventsAsync(
        HookDesk desk, IHostApplicationLifetime lifetime, TimeProvider time, long? after, int? last, CancellationToken cancellationToken)
    {
        if (after is not { } behind)
            return Answer.Of(desk.Latest(Math.Min(last ?? 10, MostEvents)), AdminJson.Default.EventsFacts);

        using var limit = new CancellationTokenSource(LongestPoll, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, lifetime.ApplicationStopping, cancellationToken);
        return Answer.Of(await desk.AfterAsync(behind, either.Token), AdminJson.Default.EventsFacts);
    }
}
