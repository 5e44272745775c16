using System.Globalization;
using WgFleet.Access;
using WgFleet.Dashboard.Site;
using WgFleet.Fleets;
using WgFleet.Fleets.Pruning;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Http.Api.Endpoints;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>The forms on a fleet's page: freeze, thaw, and what becomes of a held prune.</summary>
/// <remarks>Every form leads back to the fleet's page, which shows the outcome once.</remarks>
internal static class FleetForms
{
    private delegate Task<string> Act(HttpContext context, ClientRegistry registry, string fleet, FleetOperator by);

    public static void MapFleetForms(this IEndpointRouteBuilder routes)
    {
        var forms = routes.MapGroup("/fleet/{name}").ForFleet("name").ExcludeFromDescription().Require(Audience.People, Permission.Write);
        forms.MapPost("/freeze", context => RunAsync(context, FreezeAsync));
        forms.MapPost("/thaw", context => RunAsync(context, ThawAsync));
        forms.MapPost("/prune/allow", context => RunAsync(context, AllowAsync));
        forms.MapPost("/prune/keep", context => RunAsync(context, KeepAsync));
    }

    private static async Task RunAsync(HttpContext context, Act act)
    {
        var services = context.RequestServices;
        var registry = services.GetRequiredService<ClientRegistry>();
        var name = (string)context.GetRouteValue("name")!;
        if (registry.Current.Fleet(name) is null)
            throw new RefusedException(Refusal.NotFound, "Fleet not found");

        // What is not a form is refused, also where nothing of it is needed.
        await context.Request.ReadFormAsync(context.RequestAborted);
        FlashMessage message;
        try
        {
            message = new(await act(context, registry, name, context.Caller().Operator));
            await AfterChange.SettleAsync(context);
        }
        catch (RefusedException e)
        {
            message = new($"Nothing was changed: {e.Message}.", IsTrouble: true);
        }

        await services.GetRequiredService<FlashMessages>().Show(context, $"/fleet/{name}", message).ExecuteAsync(context);
    }

    private static async Task<string> FreezeAsync(HttpContext context, ClientRegistry registry, string fleet, FleetOperator by) =>
        (await registry.FreezeAsync(fleet, by)).Changed ? "The fleet is frozen. No client is pruned and no name changes until somebody thaws it." : "The fleet was frozen already.";

    private static async Task<string> ThawAsync(HttpContext context, ClientRegistry registry, string fleet, FleetOperator by) =>
        (await registry.ThawAsync(fleet, by)).Changed ? "The fleet is thawed. Stale clients are pruned, and names can change." : "The fleet was not frozen.";

    private static async Task<string> AllowAsync(HttpContext context, ClientRegistry registry, string fleet, FleetOperator by)
    {
        var removed = await context.RequestServices.GetRequiredService<Pruner>().AllowAsync(fleet, await NumberAsync(context), by, context.RequestAborted);
        return $"{Quantity.Of(removed, "client")} removed.";
    }

    /// <summary>Refuses a held prune: its clients are pinned, so that no later prune removes them either.</summary>
    private static async Task<string> KeepAsync(HttpContext context, ClientRegistry registry, string fleet, FleetOperator by)
    {
        var number = await NumberAsync(context);
        if (registry.Current.Fleet(fleet)?.Held is not { } held || held.Number != number)
            throw new RefusedException(Refusal.Conflict, "the held prune would now remove other clients; look again");

        var pinned = await registry.PinManyAsync(fleet, held.Ids, pins: true, by);
        await registry.HoldAsync(fleet, null);
        return $"{Quantity.Of(pinned.Count, "client")} pinned. No prune removes them until somebody unpins them.";
    }

    private static async Task<long> NumberAsync(HttpContext context) =>
        long.TryParse((await context.Request.ReadFormAsync(context.RequestAborted))["number"], NumberStyles.None, null, out var number)
            ? number : throw new RefusedException(Refusal.Invalid, "the form does not name a held prune; load the page again");
}
