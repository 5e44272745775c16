using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Http;
using WgFleet.Queries;

namespace WgFleet.Dashboard.ClientPages;

/// <summary>The page of one client, and its forms.</summary>
internal static class ClientPageEndpoints
{
    public static void MapClientPages(this IEndpointRouteBuilder routes)
    {
        // Below "clients", since machines have the second segment: /fleet/alpha/register.
        var page = routes.MapGroup("/fleet/{fleet}/clients/{client}").ForFleet("fleet").ExcludeFromDescription();
        page.MapGet("", ShowAsync).Require(Audience.People, Permission.Read);
        page.MapClientForms();
    }

    private static async Task<IResult> ShowAsync(string fleet, string client, HttpContext context, [FromServices] QueryLimits limits, [FromServices] ClientPageBuilder pages)
    {
        using var place = limits.Enter(context.Caller(), context);
        return await pages.ShowAsync(fleet, ClientName.Unescaped(client), context);
    }
}
