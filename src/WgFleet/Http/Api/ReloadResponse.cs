using WgFleet.Hosting;

namespace WgFleet.Http.Api;

/// <summary>A reload of the configuration.</summary>
/// <param name="Number">The number that finds it.</param>
/// <param name="State"><c>running</c>, <c>waiting</c>, <c>done</c> or <c>refused</c>.</param>
/// <param name="Errors">Why the configuration was refused or the reload waits, one line each.</param>
/// <param name="Warnings">Warnings about the configuration, one line each.</param>
internal sealed record ReloadResponse(long Number, string State, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings)
{
    public const string Running = "running";
    public const string Waiting = "waiting";
    public const string Done = "done";
    public const string Refused = "refused";

    public static ReloadResponse Of(long number, ReloadOutcome? outcome) => outcome is null
        ? new(number, Running, [], [])
        : new(number, outcome.Waits ? Waiting : outcome.Errors.Count == 0 ? Done : Refused, outcome.Errors, outcome.Warnings);
}
