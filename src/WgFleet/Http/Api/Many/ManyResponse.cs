using WgFleet.Queries.Many;

namespace WgFleet.Http.Api.Many;

/// <summary>What was done, or with dry would be done, to many clients.</summary>
/// <param name="Fleet">Their fleet.</param>
/// <param name="Act">The act.</param>
/// <param name="Dry">Whether nothing was done.</param>
/// <param name="Changed">How many were changed, or would be.</param>
/// <param name="Clients">Each client, in the order in which they were chosen.</param>
internal sealed record ManyResponse(string Fleet, string Act, bool Dry, int Changed, IReadOnlyList<ManyClientInfo> Clients)
{
    public static ManyResponse Of(ManyPlan plan) => new(
        plan.Fleet, ManyAct.Words[(int)plan.Act.Kind], true, plan.Changes, [.. plan.Steps.Select(s => ManyClientInfo.Of(s, s.Changes ? ManyClientInfo.Done : ManyClientInfo.Unchanged))]);

    /// <param name="plan">The plan.</param>
    /// <param name="changed">Those that were changed.</param>
    /// <param name="isThere">Whether a client is still registered.</param>
    public static ManyResponse Of(ManyPlan plan, IReadOnlySet<long> changed, Func<long, bool> isThere) => new(
        plan.Fleet, ManyAct.Words[(int)plan.Act.Kind], false, changed.Count, [.. plan.Steps.Select(s => ManyClientInfo.Of(s,
            changed.Contains(s.Client.Id) ? ManyClientInfo.Done : isThere(s.Client.Id) ? ManyClientInfo.Unchanged : ManyClientInfo.Gone))]);
}

/// <summary>What became of one of many clients.</summary>
/// <param name="Address">Its address.</param>
/// <param name="PublicKey">Its key.</param>
/// <param name="Hostname">The name that it had before; absent for none.</param>
/// <param name="Outcome">done, unchanged because there was nothing to change, or gone because it was removed in the meantime.</param>
/// <param name="NewHostname">The name that it has now; only for rename.</param>
/// <param name="Tags">The tags that it has now; absent for none, and for other acts than tag.</param>
internal sealed record ManyClientInfo(
    string Address, string PublicKey, string? Hostname, string Outcome, string? NewHostname, IReadOnlyDictionary<string, string>? Tags)
{
    public const string Done = "done";
    public const string Unchanged = "unchanged";
    public const string Gone = "gone";

    /// <summary>The words of the outcome.</summary>
    public static readonly IReadOnlyList<string> Outcomes = [Done, Unchanged, Gone];

    public static ManyClientInfo Of(ManyStep step, string outcome) => new(
        step.Client.Address.ToString(),
        step.Client.PublicKey.ToString(),
        step.Client.Hostname,
        outcome,
        step.Hostname == step.Client.Hostname ? null : step.Hostname,
        ReferenceEquals(step.Tags, step.Client.Tags) || step.Tags.Count == 0 ? null : step.Tags);
}
