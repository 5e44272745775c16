using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Hooks;
using WgFleet.Registry;

namespace WgFleet.Http.Api;

/// <summary>What sweeps are held, and the word that lets one through.</summary>
internal static class PruneEndpoints
{
    public static void MapPrune(this ApiRoutes api)
    {
        api.Looks.MapGet("/prune", ([FromServices] ClientRegistry registry) =>
            Answer.Of(new PruneAnswer([.. registry.Current.Fleets.Select(f => PruneFacts.Of(f, registry.IsStale))]), AdminJson.Default.PruneAnswer))
            .Says<PruneAnswer>("For each fleet whether its prune is held, and who would go", "prune");
        api.Acts.MapPost("/prune/{fleet}/allow", AllowAsync).Says<CountAnswer>("Lets a held sweep through, by its number", "prune");
    }

    private static async Task<Answer> AllowAsync(
        HttpContext context, [FromServices] Pruner pruner, [FromServices] HookEngine hooks, string fleet, long? sweep, CancellationToken cancellationToken)
    {
        if (sweep is not { } number)
            return Problems.Of(StatusCodes.Status400BadRequest, "say which sweep is meant, by its number: ?sweep=N");

        try
        {
            var removed = await pruner.AllowAsync(fleet, number, context.Caller().Name, cancellationToken);
            await hooks.AwaitProjectionsAsync(cancellationToken);
            return Answer.Of(new CountAnswer(removed), AdminJson.Default.CountAnswer);
        }
        catch (RefusedException e)
        {
            return Problems.Of(e.Reason == Refusal.UnknownFleet ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict, e.Message);
        }
    }
}

/// <summary>How the prune of each fleet stands.</summary>
internal sealed record PruneAnswer(IReadOnlyList<PruneFacts> Fleets);

/// <summary>How the prune of a fleet stands.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Clients">How many clients it has.</param>
/// <param name="Frozen">Since when there is none, and who wanted it so; absent if there is.</param>
/// <param name="Held">The sweep that waits for an operator's word; absent if none does.</param>
internal sealed record PruneFacts(string Fleet, int Clients, FrozenFacts? Frozen, HeldFacts? Held)
{
    public static PruneFacts Of(FleetSnapshot fleet, Func<Member, bool> isStale) => new(fleet.Config.Name, fleet.Count, FrozenFacts.Of(fleet.Frozen), fleet.Held is { } held
        ? new(held.Number, held.Since, [.. held.Ids.Select(id => fleet.ById.GetValueOrDefault(id)).OfType<Member>().Where(isStale).Select(QuietFacts.Of)])
        : null);
}

/// <summary>A sweep that is held.</summary>
/// <param name="Sweep">Its number, which lets it through; another as soon as others are to go.</param>
/// <param name="Since">When sweeps of the fleet began to be held.</param>
/// <param name="Clients">Those of its clients that are still quiet, the longest registered first.</param>
internal sealed record HeldFacts(long Sweep, DateTimeOffset Since, IReadOnlyList<QuietFacts> Clients);

/// <summary>A client that would go.</summary>
internal sealed record QuietFacts(string Address, string? Hostname, DateTimeOffset LastSeen)
{
    public static QuietFacts Of(Member member) => new(member.Address.ToString(), member.Hostname, member.Activity.LastSeen);
}
