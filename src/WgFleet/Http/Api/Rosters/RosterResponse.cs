using WgFleet.Config;
using WgFleet.Config.Rosters;

namespace WgFleet.Http.Api.Rosters;

/// <summary>What became of a fleet's roster, or would become of it.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Changed">Whether the roster was replaced or deleted.</param>
/// <param name="Seats">How many seats the roster that is there now has.</param>
/// <param name="Etag">The ETag of the roster that is there now, for If-Match; absent if there is none.</param>
/// <param name="Added">The names of seats that only the new roster has.</param>
/// <param name="Removed">The names of seats that only the old roster has.</param>
/// <param name="Differing">The names of seats of which the new roster says something else.</param>
/// <param name="Text">The difference in words, such as 2 seats added, 1 removed.</param>
internal sealed record RosterResponse(
    string Fleet, bool Changed, int Seats, string? Etag, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Differing, string Text)
{
    public static RosterResponse Of(string fleet, bool changed, Roster? now, RosterDifference difference) => new(
        fleet, changed, now?.Seats.Count ?? 0, now is null ? null : $"\"{now.Tag}\"", difference.Added, difference.Removed, difference.Changed, difference.Text);
}
