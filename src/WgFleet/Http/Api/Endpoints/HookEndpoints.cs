using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Hooks: listed, shown, paused, resumed, run, tested, replayed.</summary>
internal static class HookEndpoints
{
    private const string Section = "hooks";
    private const int DeliveriesShown = 20;
    private const long MaxWaitMilliseconds = 3_600_000;

    public static void MapHooks(this ApiRoutes api)
    {
        api.Read.MapGet("/hooks", All).Describe(Section, "All hooks, in the order in which they run; with 'all' also hooks that are no longer configured");
        api.Read.MapGet("/hooks/{name}", Show).Describe(Section, "One hook with its settings and its latest deliveries");
        api.Read.MapGet("/wait", WaitAsync).Describe(Section, "Waits until hooks have handled an event, for at most 'timeout' milliseconds");
        api.Write.MapPost("/hooks/{name}/pause", Pause).Describe(Section, "Pauses a hook: its events wait until it is resumed");
        api.Write.MapPost("/hooks/{name}/resume", Resume).Describe(Section, "Resumes a paused hook");
        api.Write.MapPost("/hooks/{name}/forget", Forget).Describe(Section, "Deletes the deliveries that a hook left which is no longer configured; answers with their number");
        api.Write.MapPost("/hooks/{name}/run", RunAsync).Describe(Section, "Runs a projection now; answers when it has run");
        api.Write.MapPost("/hooks/{name}/diff", DiffAsync).Describe(Section, "What a projection would change in its files; changes nothing");
        api.Write.MapPost("/hooks/{name}/replay", Replay).Describe(Section, "Delivers past events again; with 'dry' only counts them");
        api.Write.MapPost("/hooks/{name}/test", TestAsync).Describe(Section, "Sends a made-up event to a hook");
    }

    private static Ok<HookInfo[]> All(HookAdmin hooks, bool? all) => TypedResults.Ok((all == true ? hooks.AllAndRemoved() : hooks.All()).ToArray());

    private static Ok<HookDetails> Show(HookAdmin hooks, string name) =>
        TypedResults.Ok(new HookDetails(hooks.Find(name), hooks.Values(name), hooks.Deliveries(name, DeliveriesShown)));

    private static Ok<HookInfo[]> Pause(HookAdmin hooks, string name, string? reason) => One(hooks.Pause(name, reason));

    private static Ok<HookInfo[]> Resume(HookAdmin hooks, string name) => One(hooks.Resume(name));

    private static Ok<CountResponse> Forget(HookAdmin hooks, string name) => TypedResults.Ok(new CountResponse(hooks.Forget(name)));

    private static async Task<Ok<HookInfo[]>> RunAsync(HookAdmin hooks, string name, CancellationToken cancellationToken) => One(await hooks.RunAsync(name, cancellationToken));

    private static async Task<Ok<DiffResponse>> DiffAsync(HookAdmin hooks, string name, CancellationToken cancellationToken)
    {
        var diff = await hooks.DiffAsync(name, cancellationToken);
        return TypedResults.Ok(new DiffResponse(diff.Length > 0, diff));
    }

    private static Ok<CountResponse> Replay(HookAdmin hooks, string name, string from, string? to, string? type, bool? dry) =>
        TypedResults.Ok(new CountResponse(hooks.Replay(name, from, to, type, dry == true)));

    private static async Task<Ok<HookTestInfo>> TestAsync(HookAdmin hooks, string name, string? type, string? fleet, string? hostname, CancellationToken cancellationToken) =>
        TypedResults.Ok(await hooks.TestAsync(name, type, fleet, hostname, cancellationToken));

    private static async Task<Ok<WaitResponse>> WaitAsync(
        HttpContext context, Caller caller, StreamLimits limits, HookAdmin hooks, IHostApplicationLifetime lifetime, long seq, string? hook, long timeout, CancellationToken cancellationToken)
    {
        using var place = limits.Enter(caller, context);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        var behind = await hooks.WaitAsync(seq, hook, TimeSpan.FromMilliseconds(Math.Clamp(timeout, 0, MaxWaitMilliseconds)), ends.Token);
        return TypedResults.Ok(new WaitResponse(behind.Count == 0, behind));
    }

    private static Ok<HookInfo[]> One(HookInfo hook) => TypedResults.Ok<HookInfo[]>([hook]);
}
