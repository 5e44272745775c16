using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Access.Approvals;
using WgFleet.Hosting;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Machines that ask to be let in: listed, approved, refused.</summary>
internal static class ApprovalEndpoints
{
    private const string Section = "fleets";

    public static void MapApprovals(this ApiRoutes api)
    {
        api.Read.MapGet("/fleets/{fleet}/approvals", List).ForFleet("fleet").Describe(Section, "listApprovals", "The machines that wait to be let in to a fleet, and those about which an operator has said yes or no");
        api.Write.MapPost("/fleets/{fleet}/approvals", DecideAsync).ForFleet("fleet").Describe(Section, "decideApprovals", "Approves or refuses machines that wait to be let in to a fleet");
    }

    private static Ok<ApprovalsResponse> List([AsParameters] NamedFleet named, ApprovalDesk approvals)
    {
        var fleet = named.Find().Config.Name;
        return TypedResults.Ok(new ApprovalsResponse(fleet, [.. approvals.Of(fleet).Select(ApprovalInfo.Of)]));
    }

    private static async Task<Ok<ApprovalsResponse>> DecideAsync([AsParameters] NamedFleet named, ApprovalRequest body, Caller caller, ApprovalDesk approvals)
    {
        var fleet = named.Find().Config.Name;
        if (body.Act is null || !ApprovalRequest.Acts.Contains(body.Act))
            throw new RefusedException(Refusal.Invalid, "act is approve or refuse");

        if (body.Machines is { Count: > 0 } machines ? body.All == true || machines.Contains(null!) : body.All != true)
            throw new RefusedException(Refusal.Invalid, "name machines by their keys, or say {\"all\":true} for all that wait, not both");

        var decided = await approvals.DecideAsync(fleet, body.Machines, body.Act == ApprovalRequest.Acts[0], caller.Operator);
        return TypedResults.Ok(new ApprovalsResponse(fleet, [.. decided.Select(ApprovalInfo.Of)]));
    }
}
