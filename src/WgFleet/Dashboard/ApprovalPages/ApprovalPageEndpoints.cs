using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Access.Approvals;
using WgFleet.Dashboard.Site;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Http.Api.Endpoints;
using WgFleet.Queries;

namespace WgFleet.Dashboard.ApprovalPages;

/// <summary>The machines of a fleet that wait until an operator lets them in, with buttons to let them in and to refuse them.</summary>
internal static class ApprovalPageEndpoints
{
    public static void MapApprovalPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("").ForFleet("name").ExcludeFromDescription().Require(Audience.People, Permission.Read).MapGet("/fleet/{name}/approvals", Page);
        routes.MapGroup("").ForFleet("name").ExcludeFromDescription().Require(Audience.People, Permission.Write).MapPost("/fleet/{name}/approvals", DecideAsync);
    }

    private static PageResult Page(
        string name, HttpContext context, [FromServices] Func<Snapshot> snapshot, [FromServices] ApprovalDesk approvals, [FromServices] FlashMessages messages, [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        var fleet = ClientFinder.FindFleet(snapshot(), name).Config;
        var machines = approvals.Of(fleet.Name).ToLookup(m => m.IsApproved, m => AskingView.Of(m, fleet.Roster, now));
        return new(new ApprovalsPage { Fleet = fleet.Name, Policy = fleet.Approval, Waiting = [.. machines[null]], Refused = [.. machines[false]], FlashMessage = messages.Of(context) }, now);
    }

    private static async Task<IResult> DecideAsync(
        string name, HttpContext context, [FromServices] Func<Snapshot> snapshot, [FromServices] ApprovalDesk approvals, [FromServices] FlashMessages messages)
    {
        var fleet = ClientFinder.FindFleet(snapshot(), name).Config.Name;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        List<string> keys = [.. form["key"].OfType<string>()];
        var approves = form["act"] == "approve";
        FlashMessage message;
        try
        {
            if (keys.Count == 0)
                throw new RefusedException(Refusal.Invalid, "choose machines first");

            var decided = await approvals.DecideAsync(fleet, keys, approves, context.Caller().Operator);
            await AfterChange.SettleAsync(context);
            message = new(approves ? $"{Quantity.Of(decided.Count, "machine")} let in. Each joins when it asks again, within a minute." : $"{Quantity.Of(decided.Count, "machine")} refused.");
        }
        catch (RefusedException e)
        {
            message = new($"Nothing was changed: {e.Message}.", IsTrouble: true);
        }

        return messages.Show(context, $"/fleet/{fleet}/approvals", message);
    }
}
