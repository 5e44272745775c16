using WgFleet.Queries.Troubles;

namespace WgFleet.Http.Api;

/// <summary>
/// One thing that is wrong now: its kind, its severity (<c>broken</c> or <c>attention</c>), what it is about, a sentence for people, since
/// when it is so, what to do next, and the command for that.
/// </summary>
internal sealed record TroubleInfo(string Kind, string Severity, string Text, DateTimeOffset? Since, string Next, string? Command, string? Fleet, string? Hook, IReadOnlyList<string>? Clients)
{
    public static TroubleInfo Of(Trouble trouble) => new(
        trouble.Kind.Text(), trouble.Severity.Text(), trouble.Sentence, trouble.Since, trouble.Next, trouble.Command, trouble.Fleet, trouble.Hook, trouble.Clients);
}

/// <summary>Everything that is wrong now, the most urgent first; empty if nothing is.</summary>
internal sealed record TroublesResponse(IReadOnlyList<TroubleInfo> Troubles);
