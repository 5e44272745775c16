namespace WgFleet.Config.Rosters;

/// <summary>What differs between two rosters: the names of seats.</summary>
/// <param name="Added">Seats that only the new one has.</param>
/// <param name="Removed">Seats that only the old one has.</param>
/// <param name="Changed">Seats of which the new one says something else.</param>
internal sealed record RosterDifference(IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed)
{
    /// <param name="before">The old one; null if there was none.</param>
    /// <param name="after">The new one; null if there is none any more.</param>
    public static RosterDifference Between(Roster? before, Roster? after)
    {
        var (old, now) = (ByName(before), ByName(after));
        return new(
            [.. now.Values.Where(s => !old.ContainsKey(s.Name)).Select(s => s.Name)],
            [.. old.Values.Where(s => !now.ContainsKey(s.Name)).Select(s => s.Name)],
            [.. now.Values.Where(s => old.TryGetValue(s.Name, out var was) && was != s).Select(s => s.Name)]);
    }

    /// <summary>For people: <c>2 seats added, 1 removed</c>.</summary>
    public string Text
    {
        get
        {
            List<(int Count, string Word)> parts = [.. new[] { (Added.Count, "added"), (Removed.Count, "removed"), (Changed.Count, "changed") }.Where(p => p.Item1 > 0)];
            return parts.Count == 0
                ? "no seat changed"
                : string.Join(", ", parts.Select((p, at) => $"{p.Count:N0}{(at > 0 ? "" : p.Count == 1 ? " seat" : " seats")} {p.Word}"));
        }
    }

    private static Dictionary<string, Seat> ByName(Roster? roster)
    {
        var seats = new Dictionary<string, Seat>(StringComparer.OrdinalIgnoreCase);
        foreach (var seat in roster?.Seats ?? [])
            seats[seat.Name] = seat;

        return seats;
    }
}
