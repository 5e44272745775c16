using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Queries;

namespace WgFleet.Dashboard.ClientPages;

/// <summary>The page of one client, and its forms.</summary>
internal static class ClientPageEndpoints
{
    public static void MapClientPages(this IEndpointRouteBuilder routes)
    {
        // Below "clients", since machines have the second segment: /fleet/alpha/register.
        var page = routes.MapGroup("/fleet/{fleet}/clients/{client}").ExcludeFromDescription();
        page.MapGet("", ShowAsync).For(Audience.People, Permission.Read);
        page.MapClientForms();
    }

    private static Task<IResult> ShowAsync(string fleet, string client, HttpContext context, [FromServices] ClientPageBuilder pages) =>
        pages.ShowAsync(fleet, ClientFinder.Unescaped(client), context);
}
