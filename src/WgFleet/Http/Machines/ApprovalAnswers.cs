using WgFleet.Access;
using WgFleet.Access.Approvals;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Http.Machines;

/// <summary>What new machines are answered where an operator lets them in.</summary>
internal static class ApprovalAnswers
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskAgainLater = TimeSpan.FromSeconds(60);

    /// <summary>Whether a machine that is no client yet may register; the default is that it may.</summary>
    /// <exception cref="Store.Engine.StoreException">The database cannot be read.</exception>
    public static async Task<Admission> JudgeAsync(
        ApprovalDesk approvals, FleetSnapshot fleet, WireGuardKey? key, string source, IReadOnlyDictionary<string, string>? facts)
    {
        var name = fleet.Config.Name;
        if (fleet.Config.Approval == ApprovalPolicy.None)
            return default;

        if (key is not { } own)
        {
            return new()
            {
                Status = StatusCodes.Status403Forbidden,
                Detail = $"An operator approves the machines of {name} by their keys: register with a public_key of the machine's own",
            };
        }

        return await approvals.AskAsync(fleet, own, source, facts) switch
        {
            ApprovalAnswer.Waiting => new()
            {
                Status = StatusCodes.Status202Accepted,
                Detail = $"This machine waits until an operator lets it in to {name}: wg-fleet approvals approve {name} {own}",
                RetryAfter = AskAgain,
            },
            ApprovalAnswer.Refused => new() { Status = StatusCodes.Status403Forbidden, Detail = $"An operator has refused to let this machine in to {name}" },
            ApprovalAnswer.Full => new()
            {
                Status = StatusCodes.Status429TooManyRequests, Detail = $"Too many machines wait to be let in to {name}", RetryAfter = AskAgainLater,
            },
            _ => default,
        };
    }
}
