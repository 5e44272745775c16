using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Http.Api;
using WgFleet.Http.Machines;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Dashboard;

/// <summary>The page of one client, and what can be done there.</summary>
internal static class ClientPageEndpoints
{
    private const int MostLines = 200;

    // None of them with parameters: what is generated to fill them cannot see types that Razor's generator makes.
    public static void MapClientPages(this IEndpointRouteBuilder routes)
    {
        // Below a word of its own: the first two segments are the clients' own, of which register and ping are two.
        var page = routes.MapGroup("/fleet/{fleet}/clients/{client}").ExcludeFromDescription();
        page.MapGet("", context => ShowAsync(context)).For(Audience.People, Permission.Read);
        page.MapPost("/rename", RenameAsync).For(Audience.People, Permission.Write);
        page.MapPost("/remove", RemoveAsync).For(Audience.People, Permission.Write);
        page.MapPost("/restore", RestoreAsync).For(Audience.People, Permission.Write);
        page.MapPost("/pin", context => PinAsync(context, isPinned: true)).For(Audience.People, Permission.Write);
        page.MapPost("/unpin", context => PinAsync(context, isPinned: false)).For(Audience.People, Permission.Write);
    }

    private static async Task ShowAsync(HttpContext context, string? error = null, string? wish = null, int status = StatusCodes.Status200OK)
    {
        var services = context.RequestServices;
        var snapshot = services.GetRequiredService<ClientRegistry>().Current;
        var (fleet, asked) = Asked(context);
        if (snapshot.Fleet(fleet) is null)
        {
            await Answer.Detail(StatusCodes.Status404NotFound, "Fleet not found").ExecuteAsync(context);
            return;
        }

        var member = ClientFinder.FindOrNull(snapshot, asked, fleet);
        var history = await ClientHistory.ReadAsync(
            services.GetRequiredService<EventQueries>(), services.GetRequiredService<FleetStore>(), member, member?.PublicKey.ToString() ?? asked, fleet, MostLines, context.RequestAborted);
        var removed = history.Removed is { } tombstone ? RemovedClientInfo.Of(tombstone, services.GetRequiredService<ServerConfig>().TombstoneKeep) : null;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var view = ClientView.Of(
            fleet, asked, snapshot.Domain, member, removed, services.GetRequiredService<ActivityHistory>(), history.Entries, now);
        await new Html<ClientPage>(
            new() { [nameof(ClientPage.Client)] = view, [nameof(ClientPage.Error)] = error, [nameof(ClientPage.Wish)] = wish, [nameof(ClientPage.Now)] = now },
            member is null && history.Entries.Count == 0 ? StatusCodes.Status404NotFound : status).ExecuteAsync(context);
    }

    private static async Task RenameAsync(HttpContext context)
    {
        var registry = context.RequestServices.GetRequiredService<ClientRegistry>();
        var (fleet, asked) = Asked(context);
        var wish = (await context.Request.ReadFormAsync(context.RequestAborted))["hostname"].ToString().Trim();
        if (ClientFinder.FindOrNull(registry.Current, asked, fleet) is not { } member)
        {
            await ShowAsync(context);
            return;
        }

        if (!Hostnames.IsValid(wish))
        {
            await ShowAsync(context, "A name is 1 to 63 of a-z, 0-9, _ and -.", wish, StatusCodes.Status400BadRequest);
            return;
        }

        try
        {
            await registry.SetHostnameAsync(member, wish, context.Caller().Name);
        }
        catch (RefusedException e)
        {
            await ShowAsync(context, $"It keeps its name: {e.Message}.", wish, StatusCodes.Status409Conflict);
            return;
        }

        await BackAsync(context, registry, member);
    }

    private static async Task RemoveAsync(HttpContext context)
    {
        var registry = context.RequestServices.GetRequiredService<ClientRegistry>();
        var (fleet, asked) = Asked(context);
        if (ClientFinder.FindOrNull(registry.Current, asked, fleet) is not { } member || !await registry.RemoveClientAsync(member, context.Caller().Name))
        {
            await ShowAsync(context);
            return;
        }

        await BackAsync(context, registry, member);
    }

    private static async Task RestoreAsync(HttpContext context)
    {
        var registry = context.RequestServices.GetRequiredService<ClientRegistry>();
        var (fleet, asked) = Asked(context);
        RegisteredClient member;
        try
        {
            var (removed, _) = RemovedFinder.Find(context.RequestServices.GetRequiredService<FleetStore>(), asked, fleet, registry.Current);
            member = await registry.RestoreAsync(removed, context.Caller().Name);
        }
        catch (RefusedException e)
        {
            await ShowAsync(context, $"It is not put back: {e.Message}.", status: StatusCodes.Status409Conflict);
            return;
        }

        await BackAsync(context, registry, member);
    }

    private static async Task PinAsync(HttpContext context, bool isPinned)
    {
        var registry = context.RequestServices.GetRequiredService<ClientRegistry>();
        var (fleet, asked) = Asked(context);
        if (ClientFinder.FindOrNull(registry.Current, asked, fleet) is not { } member)
        {
            await ShowAsync(context);
            return;
        }

        try
        {
            var by = context.Caller().Name;
            await (isPinned ? registry.PinAsync(fleet, member.Id, by) : registry.UnpinAsync(fleet, member.Id, by));
        }
        catch (RefusedException)
        {
            // It has just gone, which its page tells.
        }

        await BackAsync(context, registry, member);
    }

    /// <summary>To its page, which tells what has become of it; as for all changes, not before the files are right.</summary>
    private static async Task BackAsync(HttpContext context, ClientRegistry registry, RegisteredClient member)
    {
        await ClientsEndpoints.SettleAsync(context, registry, context.RequestServices.GetRequiredService<HookEngine>());
        await TypedResults.LocalRedirect(ClientView.PathOf(member.Fleet, member.PublicKey.ToString())).ExecuteAsync(context);
    }

    private static (string Fleet, string Client) Asked(HttpContext context)
    {
        var route = context.Request.RouteValues;
        return ((string)route["fleet"]!, ClientFinder.Unescaped((string)route["client"]!));
    }
}
