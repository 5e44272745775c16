using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Dead letters, the deliveries that hooks have given up: listed, tried again, dropped.</summary>
internal static class DeadLetterEndpoints
{
    private const string Section = "hooks";

    public static void MapDeadLetters(this ApiRoutes api)
    {
        api.Read.MapGet("/deadletters", All).Describe(Section, "Dead letters, of all hooks or of one");
        api.Read.MapGet("/deadletters/{hook}/{seq}", Show).Describe(Section, "One dead letter");
        api.Write.MapPost("/deadletters/{hook}/retry", Retry).Describe(Section, "Tries a dead letter again, or all of a hook");
        api.Write.MapPost("/deadletters/{hook}/drop", Drop).Describe(Section, "Drops a dead letter, or all of a hook");
    }

    private static Ok<DeliveryInfo[]> All(HookAdmin hooks, string? hook) => TypedResults.Ok(hooks.DeadLetters(hook).ToArray());

    private static Ok<DeliveryInfo[]> Show(HookAdmin hooks, string hook, long seq) => TypedResults.Ok<DeliveryInfo[]>([hooks.DeadLetter(hook, seq)]);

    private static Ok<CountResponse> Retry(HookAdmin hooks, string hook, long? seq) => TypedResults.Ok(new CountResponse(hooks.RetryDead(hook, seq)));

    private static Ok<CountResponse> Drop(HookAdmin hooks, string hook, long? seq) => TypedResults.Ok(new CountResponse(hooks.DropDead(hook, seq)));
}
