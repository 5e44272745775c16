using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Hooks.Admin;

namespace WgFleet.Dashboard;

/// <summary>The pages of hooks: all of them, and one with its deliveries.</summary>
internal static class HookPages
{
    private const int MostDeliveries = 100;

    public static void MapHookPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/hooks").ExcludeFromDescription().For(Audience.People, Permission.Read);
        pages.MapGet("", AllAsync);
        pages.MapGet("/{name}", One);
    }

    // Not with parameters as the other: what is generated to fill them cannot see types that Razor's generator makes.
    private static Task AllAsync(HttpContext context)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var desk = context.RequestServices.GetRequiredService<HookAdmin>();
        return new Html<HooksPage>(new() { [nameof(HooksPage.Hooks)] = desk.All().Select(h => HookTableRow.Of(h, now)).ToArray(), [nameof(HooksPage.Now)] = now }).ExecuteAsync(context);
    }

    private static IResult One(HttpContext context, string name, [FromServices] HookAdmin desk, [FromServices] FlashMessages notices, [FromServices] TimeProvider time)
    {
        if (desk.All().FirstOrDefault(h => h.Name == name) is not { } hook)
            return TypedResults.Text("""{"detail":"Hook not found"}"""u8, "application/json", StatusCodes.Status404NotFound);

        var now = time.GetUtcNow();
        return new Html<HookPage>(new()
        {
            [nameof(HookPage.Hook)] = HookTableRow.Of(hook, now),
            [nameof(HookPage.Dead)] = hook.DeadLetters == 0 ? [] : desk.DeadLetters(name, MostDeliveries).Select(d => DeliveryTableRow.Of(d, now)).ToArray(),
            [nameof(HookPage.Deliveries)] = desk.Deliveries(name, MostDeliveries).Select(d => DeliveryTableRow.Of(d, now)).ToArray(),
            [nameof(HookPage.FlashMessage)] = notices.Of(context),
            [nameof(HookPage.Now)] = now,
        });
    }
}
