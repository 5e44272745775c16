using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Http.Api.Endpoints;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Dashboard.ClientPages;

/// <summary>The forms on a client's page: rename, let it choose its name, pin, unpin, remove, restore.</summary>
/// <remarks>A form that succeeds redirects to the page once the hosts file and WireGuard have the change. One that fails shows the page with the reason.</remarks>
internal static class ClientForms
{
    public static void MapClientForms(this RouteGroupBuilder page)
    {
        page.MapPost("/rename", RenameAsync).Require(Audience.People, Permission.Write);
        page.MapPost("/release-name", ReleaseNameAsync).Require(Audience.People, Permission.Write);
        page.MapPost("/remove", RemoveAsync).Require(Audience.People, Permission.Write);
        page.MapPost("/restore", RestoreAsync).Require(Audience.People, Permission.Write);
        page.MapPost("/pin", PinAsync).Require(Audience.People, Permission.Write);
        page.MapPost("/unpin", UnpinAsync).Require(Audience.People, Permission.Write);
    }

    private static async Task<IResult> RenameAsync(string fleet, string client, HttpContext context, [FromServices] ClientRegistry registry, [FromServices] ClientPageBuilder pages)
    {
        var asked = ClientName.Unescaped(client);
        var hostname = (await context.Request.ReadFormAsync(context.RequestAborted))["hostname"].ToString().Trim();
        if (ClientFinder.FindOrNull(registry.Current, asked, fleet) is not { } found)
            return await pages.ShowAsync(fleet, asked, context);

        if (!Hostnames.IsValid(hostname))
            return await pages.ShowAsync(fleet, asked, context, "A name has 1 to 63 of a-z, 0-9, _ and -.", hostname, StatusCodes.Status400BadRequest);

        try
        {
            await registry.SetHostnameAsync(found, hostname, context.Caller().Operator);
        }
        catch (RefusedException e)
        {
            return await pages.ShowAsync(fleet, asked, context, $"Not renamed: {e.Message}.", hostname, StatusCodes.Status409Conflict);
        }

        return await BackAsync(context, registry, found);
    }

    private static async Task<IResult> RemoveAsync(string fleet, string client, HttpContext context, [FromServices] ClientRegistry registry, [FromServices] ClientPageBuilder pages)
    {
        var asked = ClientName.Unescaped(client);
        if (ClientFinder.FindOrNull(registry.Current, asked, fleet) is not { } found
            || !await registry.RemoveClientAsync(found, context.Caller().Operator))
            return await pages.ShowAsync(fleet, asked, context);

        return await BackAsync(context, registry, found);
    }

    private static async Task<IResult> RestoreAsync(
        string fleet, string client, HttpContext context, [FromServices] ClientRegistry registry, [FromServices] ClientPageBuilder pages, [FromServices] FleetStore store)
    {
        var asked = ClientName.Unescaped(client);
        try
        {
            var (removed, _) = await RemovedFinder.FindAsync(store, asked, fleet, registry.Current, context.RequestAborted);
            return await BackAsync(context, registry, await registry.RestoreAsync(removed, context.Caller().Operator));
        }
        catch (RefusedException e)
        {
            return await pages.ShowAsync(fleet, asked, context, $"Not restored: {e.Message}.", status: StatusCodes.Status409Conflict);
        }
    }

    private static Task<IResult> ReleaseNameAsync(string fleet, string client, HttpContext context, [FromServices] ClientRegistry registry, [FromServices] ClientPageBuilder pages) =>
        ChangeAsync(fleet, client, context, registry, pages, registry.ReleaseNameAsync);

    private static Task<IResult> PinAsync(string fleet, string client, HttpContext context, [FromServices] ClientRegistry registry, [FromServices] ClientPageBuilder pages) =>
        ChangeAsync(fleet, client, context, registry, pages, (found, by) => registry.PinAsync(found.Fleet, found.Id, by));

    private static Task<IResult> UnpinAsync(string fleet, string client, HttpContext context, [FromServices] ClientRegistry registry, [FromServices] ClientPageBuilder pages) =>
        ChangeAsync(fleet, client, context, registry, pages, (found, by) => registry.UnpinAsync(found.Fleet, found.Id, by));

    private static async Task<IResult> ChangeAsync(
        string fleet, string client, HttpContext context, ClientRegistry registry, ClientPageBuilder pages, Func<RegisteredClient, FleetOperator, Task> change)
    {
        var asked = ClientName.Unescaped(client);
        if (ClientFinder.FindOrNull(registry.Current, asked, fleet) is not { } found)
            return await pages.ShowAsync(fleet, asked, context);

        try
        {
            await change(found, context.Caller().Operator);
        }
        catch (RefusedException)
        {
            // It was removed in the meantime; its page says so.
        }

        return await BackAsync(context, registry, found);
    }

    private static async Task<IResult> BackAsync(HttpContext context, ClientRegistry registry, RegisteredClient client)
    {
        await AfterChange.SettleAsync(context);
        return TypedResults.LocalRedirect(ClientView.PathOf(client.Fleet, client.PublicKey.ToString()));
    }
}
