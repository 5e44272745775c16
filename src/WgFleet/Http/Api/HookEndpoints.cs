using Microsoft.AspNetCore.Mvc;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;
using WgFleet.Http.Machines;

namespace WgFleet.Http.Api;

/// <summary>What operators ask of the hooks and do to them.</summary>
internal static class HookEndpoints
{
    private const int DeliveriesShown = 20;
    private const long LongestWait = 3_600_000;

    public static void MapHooks(this ApiRoutes api)
    {
        api.Looks.MapGet("/hooks", ([FromServices] HookAdmin desk) => Answer.Of(desk.All(), AdminJson.Default.IReadOnlyListHookInfo))
            .Says<IReadOnlyList<HookInfo>>("All hooks, in running order", "hooks");
        api.Looks.MapGet("/hooks/{name}", ([FromServices] HookAdmin desk, string name) =>
                Answer.Of(new HookDetails(desk.Find(name), desk.Values(name), desk.Deliveries(name, DeliveriesShown)), AdminJson.Default.HookDetails))
            .Says<HookDetails>("One hook, what holds for it, and its latest deliveries", "hooks");
        api.Acts.MapPost("/hooks/{name}/pause", ([FromServices] HookAdmin desk, string name, string? reason) =>
                Answer.Of([desk.Pause(name, reason)], AdminJson.Default.IReadOnlyListHookInfo))
            .Says<IReadOnlyList<HookInfo>>("Holds a hook's events back until it is resumed", "hooks");
        api.Acts.MapPost("/hooks/{name}/resume", ([FromServices] HookAdmin desk, string name) => Answer.Of([desk.Resume(name)], AdminJson.Default.IReadOnlyListHookInfo))
            .Says<IReadOnlyList<HookInfo>>("Lets a paused hook go on", "hooks");
        api.Acts.MapPost("/hooks/{name}/run", RunAsync).Says<IReadOnlyList<HookInfo>>("Runs a projection now, and answers when it has run", "hooks");
        api.Acts.MapPost("/hooks/{name}/diff", DiffAsync).Says<DiffResponse>("What a projection would change in its files; changes nothing", "hooks");
        api.Acts.MapPost("/hooks/{name}/replay", ([FromServices] HookAdmin desk, string name, string from, string? to, string? type, bool? dry) =>
                Answer.Of(new CountResponse(desk.Replay(name, from, to, type, dry == true)), AdminJson.Default.CountResponse))
            .Says<CountResponse>("Delivers past events again, or with 'dry' only counts them", "hooks");
        api.Acts.MapPost("/hooks/{name}/test", TestAsync).Says<HookTestInfo>("Gives a hook a made-up event", "hooks");
        api.Looks.MapGet("/wait", WaitAsync).Says<WaitResponse>("Waits until hooks are done with an event, for at most 'timeout' milliseconds", "hooks");

        api.Looks.MapGet("/deadletters", ([FromServices] HookAdmin desk, string? hook) => Answer.Of(desk.DeadLetters(hook), AdminJson.Default.IReadOnlyListDeliveryInfo))
            .Says<IReadOnlyList<DeliveryInfo>>("What hooks have given up", "hooks");
        api.Looks.MapGet("/deadletters/{hook}/{seq}", ([FromServices] HookAdmin desk, string hook, long seq) =>
                Answer.Of([desk.DeadLetter(hook, seq)], AdminJson.Default.IReadOnlyListDeliveryInfo))
            .Says<IReadOnlyList<DeliveryInfo>>("One dead letter", "hooks");
        api.Acts.MapPost("/deadletters/{hook}/retry", ([FromServices] HookAdmin desk, string hook, long? seq) =>
                Answer.Of(new CountResponse(desk.RetryDead(hook, seq)), AdminJson.Default.CountResponse))
            .Says<CountResponse>("Tries a dead letter again, or all of a hook", "hooks");
        api.Acts.MapPost("/deadletters/{hook}/drop", ([FromServices] HookAdmin desk, string hook, long? seq) =>
                Answer.Of(new CountResponse(desk.DropDead(hook, seq)), AdminJson.Default.CountResponse))
            .Says<CountResponse>("Forgets a dead letter, or all of a hook", "hooks");
    }

    private static async Task<Answer> RunAsync([FromServices] HookAdmin desk, string name, CancellationToken cancellationToken) =>
        Answer.Of([await desk.RunAsync(name, cancellationToken)], AdminJson.Default.IReadOnlyListHookInfo);

    private static async Task<Answer> DiffAsync([FromServices] HookAdmin desk, string name, CancellationToken cancellationToken)
    {
        var diff = await desk.DiffAsync(name, cancellationToken);
        return Answer.Of(new DiffResponse(diff.Length > 0, diff), AdminJson.Default.DiffResponse);
    }

    private static async Task<Answer> TestAsync([FromServices] HookAdmin desk, string name, string? type, string? fleet, string? hostname, CancellationToken cancellationToken) =>
        Answer.Of(await desk.TestAsync(name, type, fleet, hostname, cancellationToken), AdminJson.Default.HookTestInfo);

    private static async Task<Answer> WaitAsync(
        [FromServices] HookAdmin desk, [FromServices] IHostApplicationLifetime lifetime, long seq, string? hook, long timeout, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        var behind = await desk.WaitAsync(seq, hook, TimeSpan.FromMilliseconds(Math.Clamp(timeout, 0, LongestWait)), either.Token);
        return Answer.Of(new WaitResponse(behind.Count == 0, behind), AdminJson.Default.WaitResponse);
    }
}
