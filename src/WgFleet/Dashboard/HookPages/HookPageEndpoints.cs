using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Dashboard.Site;
using WgFleet.Hooks.Admin;
using WgFleet.Hosting;

namespace WgFleet.Dashboard.HookPages;

/// <summary>The list of hooks, the page of one hook, and its forms.</summary>
internal static class HookPageEndpoints
{
    private const int MaxDeliveries = 100;

    public static void MapHookPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/hooks").ExcludeFromDescription().Require(Audience.People, Permission.Read);
        pages.MapGet("", ShowAll);
        pages.MapGet("/{name}", ShowOneAsync);
        routes.MapHookForms();
    }

    private static PageResult ShowAll([FromServices] HookAdmin admin, [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        return new PageResult(new HooksPage { Hooks = [.. admin.All().Select(h => HookTableRow.Of(h, now))] }, now);
    }

    private static async Task<PageResult> ShowOneAsync(
        HttpContext context, string name, [FromServices] HookAdmin admin, [FromServices] FlashMessages messages, [FromServices] TimeProvider time, CancellationToken cancellationToken)
    {
        if (admin.All().FirstOrDefault(h => h.Name == name) is not { } hook)
            throw new RefusedException(Refusal.NotFound, "Hook not found");

        var now = time.GetUtcNow();
        var page = new HookPage
        {
            Hook = HookTableRow.Of(hook, now),
            Dead = hook.DeadLetters == 0 ? [] : [.. (await admin.DeadLettersAsync(name, MaxDeliveries, cancellationToken)).Select(d => DeliveryTableRow.Of(d, now))],
            Deliveries = [.. (await admin.DeliveriesAsync(name, MaxDeliveries, cancellationToken)).Select(d => DeliveryTableRow.Of(d, now))],
            FlashMessage = messages.Of(context),
        };
        return new PageResult(page, now);
    }
}
