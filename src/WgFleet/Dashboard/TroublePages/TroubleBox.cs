using WgFleet.Dashboard.Formatting;
using WgFleet.Queries.Troubles;

namespace WgFleet.Dashboard.TroublePages;

/// <summary>What is wrong now, as the front page lists it.</summary>
/// <param name="Rows">The troubles, the most urgent first.</param>
/// <param name="Version">By which site.js sees that the list has changed.</param>
internal sealed record TroubleBox(IReadOnlyList<TroubleRow> Rows, string Version)
{
    public static TroubleBox Of(IReadOnlyList<Trouble> troubles, DateTimeOffset now) =>
        new([.. troubles.Select(t => TroubleRow.Of(t, now))], TroubleSummary.Of(troubles).Version);
}

/// <summary>One trouble.</summary>
/// <param name="Severity"><c>broken</c> or <c>attention</c>.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Why">The reason; null if there is none to tell.</param>
/// <param name="Since">Since when; null if that is not known.</param>
/// <param name="Next">What to do.</param>
/// <param name="Command">The command for it; null if there is none.</param>
/// <param name="Link">The page that has more; null if there is none.</param>
/// <param name="Thaws">The fleet that is thawed to end it; null for other troubles.</param>
internal sealed record TroubleRow(string Severity, string What, string? Why, DisplayTime? Since, string Next, string? Command, string? Link, string? Thaws)
{
    public static TroubleRow Of(Trouble trouble, DateTimeOffset now) => new(
        trouble.Severity.Text(),
        TroubleSummary.Capital(trouble.What),
        Excerpt.Of(trouble.Why),
        trouble.Since is { } at ? DisplayTime.Of(at, now) : null,
        trouble.Next,
        trouble.Command,
        trouble.Fleet is { } fleet ? $"/fleet/{fleet}{trouble.Kind.PageOfFleet()}" : trouble.Hook is { } hook ? $"/hooks/{hook}" : null,
        trouble.Kind == TroubleKind.FleetFrozen ? trouble.Fleet : null);
}
