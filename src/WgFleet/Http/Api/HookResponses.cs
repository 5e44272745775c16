using WgFleet.Config.Yaml;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;

namespace WgFleet.Http.Api;

/// <summary>One hook, its settings and its latest deliveries.</summary>
internal sealed record HookDetails(HookInfo Hook, IReadOnlyList<EffectiveSetting> Values, IReadOnlyList<DeliveryInfo> Deliveries);

/// <summary>How many deliveries, events or clients a request was about.</summary>
internal sealed record CountResponse(int Count);

/// <summary>Whether hooks have handled all events up to a number, and the names of those that have not.</summary>
internal sealed record WaitResponse(bool Reached, IReadOnlyList<string> Behind);

/// <summary>What would change in files, as unified diffs.</summary>
internal sealed record DiffResponse(bool Changed, string Diff);

/// <summary>The problems of a configuration and its hooks.</summary>
internal sealed record CheckResponse(bool Ok, IReadOnlyList<Problem> Errors, IReadOnlyList<Problem> Warnings);

/// <summary>The files of a new hook, and the commands to run next.</summary>
internal sealed record NewHookResponse(string Name, IReadOnlyList<string> Files, IReadOnlyList<string> Next)
{
    /// <summary>Lines for hooks.list in the configuration; empty if the hook needs none.</summary>
    public IReadOnlyList<string> Entry { get; init; } = [];
}

/// <summary>The detail of a problem (RFC 9457).</summary>
internal sealed record RefusalResponse(string? Detail);
