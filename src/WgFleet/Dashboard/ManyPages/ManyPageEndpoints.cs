using WgFleet.Access;
using WgFleet.Dashboard.ClientLists;
using WgFleet.Dashboard.Site;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Http.Api.Endpoints;
using WgFleet.Queries.Many;

namespace WgFleet.Dashboard.ManyPages;

/// <summary>
/// Changes many clients of a fleet in three steps: choose, see what will happen, do it. The filters of the list stay in the address through all of
/// them. No step needs a script.
/// </summary>
internal static class ManyPageEndpoints
{
    /// <summary>How many clients can be ticked one by one.</summary>
    private const int MostTicked = 500;

    public static void MapManyPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/fleet/{name}/many").ForFleet("name").ExcludeFromDescription().Require(Audience.People, Permission.Write);
        pages.MapGet("", context => Choose(context, new("", "", "", "", IsAll: false, []), null).ExecuteAsync(context));
        pages.MapPost("/plan", PlanAsync);
        pages.MapPost("", RunAsync);
    }

    private static PageResult Choose(HttpContext context, ManyForm form, string? wrong)
    {
        var (fleet, now) = (FleetOf(context), TimeOf(context));
        var found = Matching(context, fleet);
        var page = new ChoosePage
        {
            Fleet = fleet.Config.Name,
            Query = ClientQuery.From(context.Request.Query),
            Found = found.Count,
            Clients = [.. found.Take(MostTicked)],
            Form = form,
            Wrong = wrong,
            Now = now,
        };
        return new PageResult(page, now, wrong is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task PlanAsync(HttpContext context)
    {
        var form = ManyForm.Read(await context.Request.ReadFormAsync(context.RequestAborted));
        PageResult page;
        try
        {
            var fleet = FleetOf(context);
            page = new PageResult(new PlanPage { Plan = form.Plan(fleet, Matching(context, fleet)), Form = form, Query = ClientQuery.From(context.Request.Query) }, TimeOf(context));
        }
        catch (RefusedException e)
        {
            page = Choose(context, form, e.Message);
        }

        await page.ExecuteAsync(context);
    }

    private static async Task RunAsync(HttpContext context)
    {
        var form = ManyForm.Read(await context.Request.ReadFormAsync(context.RequestAborted));
        IResult answer;
        try
        {
            var plan = form.Shown(FleetOf(context));
            var changed = await plan.RunAsync(Registry(context), context.Caller().Operator);
            await AfterChange.SettleAsync(context);
            answer = context.RequestServices.GetRequiredService<FlashMessages>().Show(context, $"/fleet/{plan.Fleet}", new(ManyWords.Done(plan.Act.Kind, changed.Count)));
        }
        catch (RefusedException e)
        {
            answer = Choose(context, form, e.Message);
        }

        await answer.ExecuteAsync(context);
    }

    private static IReadOnlyList<RegisteredClient> Matching(HttpContext context, FleetSnapshot fleet) =>
        ClientSelection.AllOf([fleet], ClientQuery.From(context.Request.Query), Registry(context).Current.Domain, TimeOf(context));

    private static FleetSnapshot FleetOf(HttpContext context) =>
        Registry(context).Current.Fleet((string)context.GetRouteValue("name")!) ?? throw new RefusedException(Refusal.NotFound, "Fleet not found");

    private static ClientRegistry Registry(HttpContext context) => context.RequestServices.GetRequiredService<ClientRegistry>();

    private static DateTimeOffset TimeOf(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
