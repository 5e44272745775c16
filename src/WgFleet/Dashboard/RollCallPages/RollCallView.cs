using WgFleet.Dashboard.ClientPages;
using WgFleet.Fleets.State;
using WgFleet.Queries.RollCalls;

namespace WgFleet.Dashboard.RollCallPages;

/// <summary>A seat on the page.</summary>
/// <param name="Number">Its place in the roster, by which updates find it.</param>
/// <param name="Name">The seat as people call it.</param>
/// <param name="State">Its state as a value of data-state.</param>
/// <param name="Words">Its state for people.</param>
/// <param name="Found">What is found there, for people.</param>
/// <param name="Link">The page of the machine that belongs there; null if none came yet.</param>
internal sealed record SeatView(int Number, string Name, string State, string Words, string Found, string? Link);

/// <summary>What the page of a roll call shows.</summary>
/// <param name="Fleet">The fleet's name, which is safe in a URL.</param>
/// <param name="Numbers">What is counted: its key for updates, its name, and the number.</param>
/// <param name="State">ok or attention.</param>
/// <param name="Verdict">Whether all is as expected, in a sentence.</param>
/// <param name="Seats">All seats, in the order of the roster.</param>
/// <param name="Map">The hall from the front to the back, each row with its seats and gaps; empty if the roster says no places, or if they are too far apart.</param>
/// <param name="Unknown">The machines that no seat expects, for people; empty if there are none.</param>
internal sealed record RollCallView(
    string Fleet,
    IReadOnlyList<(string Key, string Name, string Number)> Numbers,
    string State,
    string Verdict,
    IReadOnlyList<SeatView> Seats,
    IReadOnlyList<IReadOnlyList<SeatView?>> Map,
    string Unknown)
{
    /// <summary>The most cells of a map: a hall, not a city.</summary>
    private const int MaxCells = 5000;

    private const int MaxNamed = 30;

    public static RollCallView Of(RollCall call)
    {
        List<SeatView> seats = [.. call.Seats.Index().Select(s => Seat(call.Fleet, s.Index, s.Item, call.Time))];
        var present = call.Count(SeatState.Present);
        return new(
            call.Fleet,
            [
                ("present", "Present", $"{present:N0} of {call.Seats.Count:N0}"),
                .. new[] { SeatState.Missing, SeatState.Double, SeatState.WrongSeat, SeatState.OldImage }
                    .Select(s => (s.Text(), char.ToUpperInvariant(s.Words()[0]) + s.Words()[1..], $"{call.Count(s):N0}")),
                ("unknown", "Unknown", $"{call.Unknown.Count:N0}"),
            ],
            call.IsAsExpected ? "ok" : "attention",
            VerdictOf(call, present),
            seats,
            MapOf(call.Seats, seats),
            UnknownOf(call.Unknown));
    }

    private static SeatView Seat(string fleet, int number, SeatReport report, DateTimeOffset now) => new(
        number, report.Seat.Name, report.State.Text(), report.State.Words(), SeatWords.Found(report, now),
        report.Clients.Count == 0 ? null : ClientView.PathOf(fleet, report.Clients[0].Client.PublicKey.ToString()));

    private static string VerdictOf(RollCall call, int present)
    {
        var wrong = call.Seats.Count - present;
        return call.IsAsExpected ? "All is as expected: each seat has its machine, and no other machine is online"
            : wrong == 0 ? "Each seat has its machine, but there are others"
            : wrong == 1 ? "1 seat needs somebody"
            : $"{wrong:N0} seats need somebody";
    }

    private static IReadOnlyList<IReadOnlyList<SeatView?>> MapOf(IReadOnlyList<SeatReport> reports, List<SeatView> seats)
    {
        var placed = reports.Index().Where(r => r.Item.Seat.Place is not null).ToDictionary(r => r.Item.Seat.Place!.Value, r => seats[r.Index]);
        if (placed.Count == 0)
            return [];

        var (top, bottom) = (placed.Keys.Min(p => p.Row), placed.Keys.Max(p => p.Row));
        var (left, right) = (placed.Keys.Min(p => p.Column), placed.Keys.Max(p => p.Column));
        return (bottom - top + 1) * (right - left + 1) > MaxCells
            ? []
            : [.. Enumerable.Range(top, bottom - top + 1).Select(row =>
                (IReadOnlyList<SeatView?>)[.. Enumerable.Range(left, right - left + 1).Select(column => placed.GetValueOrDefault((row, column)))])];
    }

    private static string UnknownOf(IReadOnlyList<RegisteredClient> unknown) =>
        string.Join(", ", unknown.Take(MaxNamed).Select(SeatWords.Name)) + (unknown.Count > MaxNamed ? $" and {unknown.Count - MaxNamed:N0} more" : "");
}
