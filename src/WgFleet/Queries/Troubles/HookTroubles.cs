using WgFleet.Hooks;

namespace WgFleet.Queries.Troubles;

/// <summary>What is wrong with hooks: one fails, is stuck, is paused, cannot run, or has given deliveries up.</summary>
internal static class HookTroubles
{
    public static IEnumerable<Trouble> Of(HookSet hooks) => hooks.Active.SelectMany(Of).Concat(hooks.Inactive.Where(h => h.IsMeantToRun).Select(Inactive));

    private static IEnumerable<Trouble> Of(Hook hook)
    {
        if (OfStatus(hook) is { } trouble)
            yield return trouble;

        if (hook.DeadLetters is > 0 and var dead)
        {
            yield return new(
                TroubleKind.DeadLetters,
                Severity.Broken,
                $"hook {hook.Name} has {(dead == 1 ? "1 dead letter" : $"{dead:N0} dead letters")}",
                "These events were given up; look why, then retry or drop them")
            {
                Hook = hook.Name,
                Command = $"wg-fleet hooks deadletters list {hook.Name}",
            };
        }
    }

    private static Trouble? OfStatus(Hook hook)
    {
        var (status, reason) = hook.Status;
        var show = $"wg-fleet hooks show {hook.Name}";
        return status switch
        {
            HookStatus.Stuck => new(TroubleKind.HookStuck, Severity.Broken, $"hook {hook.Name} is stuck", "It gets no event until the call returns or the server restarts")
            {
                Why = reason, Since = hook.Health.FailingSince, Hook = hook.Name, Command = show,
            },

            // The failing part of the server is in the list already.
            HookStatus.Failing when hook.FailingPart is null =>
                new(TroubleKind.HookFailing, Severity.Broken, $"hook {hook.Name} is failing", "Its settings and its latest attempts say more")
                {
                    Why = reason, Since = hook.Health.FailingSince, Hook = hook.Name, Command = show,
                },
            HookStatus.Paused => new(TroubleKind.HookPaused, Severity.Attention, $"hook {hook.Name} is paused", "Its events wait until it is resumed")
            {
                Why = reason, Hook = hook.Name, Command = $"wg-fleet hooks resume {hook.Name}",
            },
            _ => null,
        };
    }

    private static Trouble Inactive(HookDefinition hook) =>
        new(TroubleKind.HookInactive, Severity.Broken, $"hook {hook.Name} cannot run", "Correct its configuration or its file, then reload, or disable it with enabled: false")
        {
            Why = hook.Inactive,
            Hook = hook.Name,
            Command = "wg-fleet hooks check",
        };
}
