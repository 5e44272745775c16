using Microsoft.AspNetCore.Mvc;
using WgFleet.Fleets;
using WgFleet.Fleets.Pruning;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Http.Machines;

namespace WgFleet.Http.Api;

/// <summary>What sweeps are held, and the word that lets one through.</summary>
internal static class PruneEndpoints
{
    public static void MapPrune(this ApiRoutes api)
    {
        api.Looks.MapGet("/prune", ([FromServices] ClientRegistry registry) =>
            Answer.Of(new PruneResponse([.. registry.Current.Fleets.Select(f => PruneInfo.Of(f, registry.IsStale))]), AdminJson.Default.PruneResponse))
            .Says<PruneResponse>("For each fleet whether its prune is held, and who would go", "prune");
        api.Acts.MapPost("/prune/{fleet}/allow", AllowAsync).Says<CountResponse>("Lets a held sweep through, by its number", "prune");
    }

    private static async Task<Answer> AllowAsync(
        HttpContext context, [FromServices] Pruner pruner, [FromServices] HookSet hooks, string fleet, long? sweep, CancellationToken cancellationToken)
    {
        if (sweep is not { } number)
            return Problems.Of(StatusCodes.Status400BadRequest, "say which sweep is meant, by its number: ?sweep=N");

        var removed = await pruner.AllowAsync(fleet, number, context.Caller().Name, cancellationToken);
        await hooks.AwaitProjectionsAsync(cancellationToken);
        return Answer.Of(new CountResponse(removed), AdminJson.Default.CountResponse);
    }
}

/// <summary>How the prune of each fleet stands.</summary>
internal sealed record PruneResponse(IReadOnlyList<PruneInfo> Fleets);

/// <summary>How the prune of a fleet stands.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Clients">How many clients it has.</param>
/// <param name="Frozen">Since when there is none, and who wanted it so; absent if there is.</param>
/// <param name="Held">The sweep that waits for an operator's word; absent if none does.</param>
internal sealed record PruneInfo(string Fleet, int Clients, FrozenInfo? Frozen, HeldPruneInfo? Held)
{
    public static PruneInfo Of(FleetSnapshot fleet, Func<RegisteredClient, bool> isStale) => new(fleet.Config.Name, fleet.Count, FrozenInfo.Of(fleet.Frozen), fleet.Held is { } held
        ? new(held.Number, held.Since, [.. held.Ids.Select(id => fleet.ById.GetValueOrDefault(id)).OfType<RegisteredClient>().Where(isStale).Select(StaleClientInfo.Of)])
        : null);
}

/// <summary>A sweep that is held.</summary>
/// <param name="Sweep">Its number, which lets it through; another as soon as others are to go.</param>
/// <param name="Since">When sweeps of the fleet began to be held.</param>
/// <param name="Clients">Those of its clients that are still quiet, the longest registered first.</param>
internal sealed record HeldPruneInfo(long Sweep, DateTimeOffset Since, IReadOnlyList<StaleClientInfo> Clients);

/// <summary>A client that would go.</summary>
internal sealed record StaleClientInfo(string Address, string? Hostname, DateTimeOffset LastSeen)
{
    public static StaleClientInfo Of(RegisteredClient member) => new(member.Address.ToString(), member.Hostname, member.Liveness.LastSeen);
}
