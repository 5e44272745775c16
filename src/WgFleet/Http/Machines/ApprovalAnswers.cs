using WgFleet.Access.Approvals;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Http.Machines;

/// <summary>What new machines are answered where an operator lets them in.</summary>
internal static class ApprovalAnswers
{
    /// <summary>How long a machine waits before it asks again, in seconds.</summary>
    private const string AskAgain = "10";

    private const string AskAgainLater = "60";

    /// <summary>The answer to a machine that may not register, or not yet; null if it may.</summary>
    public static async Task<Answer?> RefusalAsync(
        HttpContext context, ApprovalDesk approvals, FleetSnapshot fleet, WireGuardKey? key, string source, IReadOnlyDictionary<string, string>? facts)
    {
        var name = fleet.Config.Name;
        if (fleet.Config.Approval == ApprovalPolicy.None)
            return null;

        if (key is not { } own)
            return Answer.Detail(StatusCodes.Status403Forbidden, $"An operator approves the machines of {name} by their keys: register with a public_key of the machine's own");

        switch (await approvals.AskAsync(fleet, own, source, facts))
        {
            case ApprovalAnswer.Waiting:
                context.Response.Headers.RetryAfter = AskAgain;
                return Answer.Detail(StatusCodes.Status202Accepted, $"This machine waits until an operator lets it in to {name}: wg-fleet approvals approve {name} {own}");
            case ApprovalAnswer.Refused:
                return Answer.Detail(StatusCodes.Status403Forbidden, $"An operator has refused to let this machine in to {name}");
            case ApprovalAnswer.Full:
                context.Response.Headers.RetryAfter = AskAgainLater;
                return Answer.Detail(StatusCodes.Status429TooManyRequests, $"Too many machines wait to be let in to {name}");
            default:
                return null;
        }
    }
}
