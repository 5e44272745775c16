using WgFleet.Hooks;

namespace WgFleet.Http;

/// <summary>What operators' commands ask the running server, on their socket alone.</summary>
internal static class AdminEndpoints
{
    private const int DeliveriesShown = 20;

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
            Answer.Of(new HookDetails(desk.Find(name), desk.Deliveries(name, DeliveriesShown)), AdminJson.Default.HookDetails));
        admin.MapPost("/hooks/{name}/pause", (HookDesk desk, string name, string? reason) => Answer.Of([desk.Pause(name, reason)], AdminJson.Default.IReadOnlyListHookFacts));
        admin.MapPost("/hooks/{name}/resume", (HookDesk desk, string name) => Answer.Of([desk.Resume(name)], AdminJson.Default.IReadOnlyListHookFacts));
        admin.MapGet("/wait", WaitAsync);

        admin.MapGet("/deadletters", (HookDesk desk, string? hook) => Answer.Of(desk.DeadLetters(hook), AdminJson.Default.IReadOnlyListDeliveryFacts));
        admin.MapGet("/deadletters/{hook}/{seq}", (HookDesk desk, string hook, long seq) => Answer.Of([desk.DeadLetter(hook, seq)], AdminJson.Default.IReadOnlyListDeliveryFacts));
        admin.MapPost("/deadletters/{hook}/retry", (HookDesk desk, string hook, long? seq) => Answer.Of(new CountAnswer(desk.RetryDead(hook, seq)), AdminJson.Default.CountAnswer));
        admin.MapPost("/deadletters/{hook}/drop", (HookDesk desk, string hook, long? seq) => Answer.Of(new CountAnswer(desk.DropDead(hook, seq)), AdminJson.Default.CountAnswer));
    }

    private static async Task<Answer> WaitAsync(HookDesk desk, long seq, string? hook, long timeout, CancellationToken cancellationToken)
    {
        var behind = await desk.WaitAsync(seq, hook, TimeSpan.FromMilliseconds(timeout), cancellationToken);
        return Answer.Of(new WaitAnswer(behind.Count == 0, behind), AdminJson.Default.WaitAnswer);
    }
}
