using System.ComponentModel.DataAnnotations;
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
    private const double MaxWaitSeconds = 3600;

    public static void MapHooks(this ApiRoutes api)
    {
        api.Read.MapGet("/hooks", AllAsync).Describe(Section, "listHooks", "All hooks, in the order in which they run; with 'all' also hooks that are no longer configured");
        api.Read.MapGet("/hooks/{name}", ShowAsync).Describe(Section, "getHook", "One hook with its settings and its latest deliveries");
        api.Read.MapGet("/wait", WaitAsync).Describe(Section, "waitForHooks", "Waits until hooks have handled an event, for at most 'timeout' seconds");
        api.Write.MapPost("/hooks/{name}/pause", PauseAsync).Describe(Section, "pauseHook", "Pauses a hook: its events wait until it is resumed");
        api.Write.MapPost("/hooks/{name}/resume", ResumeAsync).Describe(Section, "resumeHook", "Resumes a paused hook");
        api.Write.MapPost("/hooks/{name}/forget", ForgetAsync).Describe(Section, "forgetHook", "Deletes the deliveries that a hook left which is no longer configured; answers with their number");
        api.Write.MapPost("/hooks/{name}/run", RunAsync).Describe(Section, "runHook", "Runs a projection now; answers when it has run");
        api.Write.MapPost("/hooks/{name}/diff", DiffAsync).Describe(Section, "diffHook", "What a projection would change in its files; changes nothing");
        api.Write.MapPost("/hooks/{name}/replay", ReplayAsync).Describe(Section, "replayEvents", "Delivers past events again; with 'dry' only counts them");
        api.Write.MapPost("/hooks/{name}/test", TestAsync).Describe(Section, "testHook", "Sends a made-up event to a hook");
    }

    private static async Task<Ok<HookInfo[]>> AllAsync(HookAdmin hooks, bool? all, CancellationToken cancellationToken) =>
        TypedResults.Ok((all == true ? await hooks.AllAndRemovedAsync(cancellationToken) : hooks.All()).ToArray());

    private static async Task<Ok<HookDetails>> ShowAsync(HookAdmin hooks, string name, CancellationToken cancellationToken) =>
        TypedResults.Ok(new HookDetails(hooks.Find(name), hooks.Values(name), await hooks.DeliveriesAsync(name, DeliveriesShown, cancellationToken)));

    private static async Task<Ok<HookInfo[]>> PauseAsync(HookAdmin hooks, Caller caller, string name, string? reason) => One(await hooks.PauseAsync(name, reason, caller.Operator));

    private static async Task<Ok<HookInfo[]>> ResumeAsync(HookAdmin hooks, Caller caller, string name) => One(await hooks.ResumeAsync(name, caller.Operator));

    private static async Task<Ok<CountResponse>> ForgetAsync(HookAdmin hooks, Caller caller, string name) =>
        TypedResults.Ok(new CountResponse(await hooks.ForgetAsync(name, caller.Operator)));

    private static async Task<Ok<HookInfo[]>> RunAsync(HookAdmin hooks, string name, CancellationToken cancellationToken) => One(await hooks.RunAsync(name, cancellationToken));

    private static async Task<Ok<DiffResponse>> DiffAsync(HookAdmin hooks, string name, CancellationToken cancellationToken)
    {
        var diff = await hooks.DiffAsync(name, cancellationToken);
        return TypedResults.Ok(new DiffResponse(diff.Length > 0, diff));
    }

    private static async Task<Ok<CountResponse>> ReplayAsync(
        HookAdmin hooks, Caller caller, string name, string from, string? to, string? type, bool? dry, CancellationToken cancellationToken) =>
        TypedResults.Ok(new CountResponse(await hooks.ReplayAsync(name, from, to, type, dry == true, caller.Operator, cancellationToken)));

    private static async Task<Ok<HookTestInfo>> TestAsync(HookAdmin hooks, string name, string? type, string? fleet, string? hostname, CancellationToken cancellationToken) =>
        TypedResults.Ok(await hooks.TestAsync(name, type, fleet, hostname, cancellationToken));

    private static async Task<Ok<WaitResponse>> WaitAsync(
        HttpContext context, Caller caller, StreamLimits limits, HookAdmin hooks, IHostApplicationLifetime lifetime, long seq, string? hook, [Range(0, MaxWaitSeconds)] double timeout,
        CancellationToken cancellationToken)
    {
        using var place = limits.Enter(caller, context);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        var behind = await hooks.WaitAsync(seq, hook, TimeSpan.FromSeconds(double.IsNaN(timeout) ? 0 : Math.Clamp(timeout, 0, MaxWaitSeconds)), ends.Token);
        return TypedResults.Ok(new WaitResponse(behind.Count == 0, behind));
    }

    private static Ok<HookInfo[]> One(HookInfo hook) => TypedResults.Ok<HookInfo[]>([hook]);
}
