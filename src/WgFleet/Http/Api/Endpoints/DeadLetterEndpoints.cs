using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Dead letters, the deliveries that hooks have given up: listed, tried again, dropped.</summary>
internal static class DeadLetterEndpoints
{
    private const string Section = "hooks";

    public static void MapDeadLetters(this ApiRoutes api)
    {
        api.Read.MapGet("/deadletters", AllAsync).Describe(Section, "listDeadLetters", "Dead letters, of all hooks or of one");
        api.Read.MapGet("/deadletters/{hook}/{seq}", ShowAsync).Describe(Section, "getDeadLetter", "One dead letter");
        api.Write.MapPost("/deadletters/{hook}/retry", RetryAsync).Describe(Section, "retryDeadLetters", "Tries a dead letter again, or all of a hook");
        api.Write.MapPost("/deadletters/{hook}/drop", DropAsync).Describe(Section, "dropDeadLetters", "Drops a dead letter, or all of a hook");
    }

    private static async Task<Ok<DeliveryInfo[]>> AllAsync(HookAdmin hooks, string? hook, CancellationToken cancellationToken) =>
        TypedResults.Ok((await hooks.DeadLettersAsync(hook, HookAdmin.MaxListed, cancellationToken)).ToArray());

    private static async Task<Ok<DeliveryInfo[]>> ShowAsync(HookAdmin hooks, string hook, long seq, CancellationToken cancellationToken) =>
        TypedResults.Ok<DeliveryInfo[]>([await hooks.DeadLetterAsync(hook, seq, cancellationToken)]);

    private static async Task<Ok<CountResponse>> RetryAsync(HookAdmin hooks, Caller caller, string hook, long? seq) =>
        TypedResults.Ok(new CountResponse(await hooks.RetryDeadAsync(hook, seq, caller.Operator)));

    private static async Task<Ok<CountResponse>> DropAsync(HookAdmin hooks, Caller caller, string hook, long? seq) =>
        TypedResults.Ok(new CountResponse(await hooks.DropDeadAsync(hook, seq, caller.Operator)));
}
