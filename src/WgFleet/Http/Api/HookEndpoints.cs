using Microsoft.AspNetCore.Mvc;
using WgFleet.Hooks;

namespace WgFleet.Http.Api;

/// <summary>What operators ask of the hooks and do to them.</summary>
internal static class HookEndpoints
{
    private const int DeliveriesShown = 20;
    private const long LongestWait = 3_600_000;

    public static void MapHooks(this ApiRoutes api)
    {
        api.Looks.MapGet("/hooks", ([FromServices] HookDesk desk) => Answer.Of(desk.All(), AdminJson.Default.IReadOnlyListHookFacts))
            .Says<IReadOnlyList<HookFacts>>("All hooks, in running order", "hooks");
        api.Looks.MapGet("/hooks/{name}", ([FromServices] HookDesk desk, string name) =>
                Answer.Of(new HookDetails(desk.Find(name), desk.Values(name), desk.Deliveries(name, DeliveriesShown)), AdminJson.Default.HookDetails))
            .Says<HookDetails>("One hook, what holds for it, and its latest deliveries", "hooks");
        api.Acts.MapPost("/hooks/{name}/pause", ([FromServices] HookDesk desk, string name, string? reason) =>
                Answer.Of([desk.Pause(name, reason)], AdminJson.Default.IReadOnlyListHookFacts))
            .Says<IReadOnlyList<HookFacts>>("Holds a hook's events back until it is resumed", "hooks");
        api.Acts.MapPost("/hooks/{name}/resume", ([FromServices] HookDesk desk, string name) => Answer.Of([desk.Resume(name)], AdminJson.Default.IReadOnlyListHookFacts))
            .Says<IReadOnlyList<HookFacts>>("Lets a paused hook go on", "hooks");
        api.Acts.MapPost("/hooks/{name}/run", RunAsync).Says<IReadOnlyList<HookFacts>>("Runs a projection now, and answers when it has run", "hooks");
        api.Acts.MapPost("/hooks/{name}/diff", DiffAsync).Says<DiffAnswer>("What a projection would change in its files; changes nothing", "hooks");
        api.Acts.MapPost("/hooks/{name}/replay", ([FromServices] HookDesk desk, string name, string from, string? to, string? type, bool? dry) =>
                Answer.Of(new CountAnswer(desk.Replay(name, from, to, type, dry == true)), AdminJson.Default.CountAnswer))
            .Says<CountAnswer>("Delivers past events again, or with 'dry' only counts them", "hooks");
        api.Acts.MapPost("/hooks/{name}/test", TestAsync).Says<TestFacts>("Gives a hook a made-up event", "hooks");
        api.Looks.MapGet("/wait", WaitAsync).Says<WaitAnswer>("Waits until hooks are done with an event, for at most 'timeout' milliseconds", "hooks");

        api.Looks.MapGet("/deadletters", ([FromServices] HookDesk desk, string? hook) => Answer.Of(desk.DeadLetters(hook), AdminJson.Default.IReadOnlyListDeliveryFacts))
            .Says<IReadOnlyList<DeliveryFacts>>("What hooks have given up", "hooks");
        api.Looks.MapGet("/deadletters/{hook}/{seq}", ([FromServices] HookDesk desk, string hook, long seq) =>
                Answer.Of([desk.DeadLetter(hook, seq)], AdminJson.Default.IReadOnlyListDeliveryFacts))
            .Says<IReadOnlyList<DeliveryFacts>>("One dead letter", "hooks");
        api.Acts.MapPost("/deadletters/{hook}/retry", ([FromServices] HookDesk desk, string hook, long? seq) =>
                Answer.Of(new CountAnswer(desk.RetryDead(hook, seq)), AdminJson.Default.CountAnswer))
            .Says<CountAnswer>("Tries a dead letter again, or all of a hook", "hooks");
        api.Acts.MapPost("/deadletters/{hook}/drop", ([FromServices] HookDesk desk, string hook, long? seq) =>
                Answer.Of(new CountAnswer(desk.DropDead(hook, seq)), AdminJson.Default.CountAnswer))
            .Says<CountAnswer>("Forgets a dead letter, or all of a hook", "hooks");
    }

    private static async Task<Answer> RunAsync([FromServices] HookDesk desk, string name, CancellationToken cancellationToken) =>
        Answer.Of([await desk.RunAsync(name, cancellationToken)], AdminJson.Default.IReadOnlyListHookFacts);

    private static async Task<Answer> DiffAsync([FromServices] HookDesk desk, string name, CancellationToken cancellationToken)
    {
        var diff = await desk.DiffAsync(name, cancellationToken);
        return Answer.Of(new DiffAnswer(diff.Length > 0, diff), AdminJson.Default.DiffAnswer);
    }

    private static async Task<Answer> TestAsync([FromServices] HookDesk desk, string name, string? type, string? fleet, string? hostname, CancellationToken cancellationToken) =>
        Answer.Of(await desk.TestAsync(name, type, fleet, hostname, cancellationToken), AdminJson.Default.TestFacts);

    private static async Task<Answer> WaitAsync(
        [FromServices] HookDesk desk, [FromServices] IHostApplicationLifetime lifetime, long seq, string? hook, long timeout, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        var behind = await desk.WaitAsync(seq, hook, TimeSpan.FromMilliseconds(Math.Clamp(timeout, 0, LongestWait)), either.Token);
        return Answer.Of(new WaitAnswer(behind.Count == 0, behind), AdminJson.Default.WaitAnswer);
    }
}
