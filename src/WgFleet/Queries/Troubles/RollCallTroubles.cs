using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Queries.RollCalls;

namespace WgFleet.Queries.Troubles;

/// <summary>
/// What the roll calls find: seats without their machine, with several, with one that is elsewhere or runs another image, and machines that no seat expects.
/// A hall that is switched off has no trouble: a roll call counts while one of its machines is online, or during a phase.
/// </summary>
/// <param name="current">Reads the snapshot.</param>
internal sealed class RollCallTroubles(Func<Snapshot> current)
{
    /// <summary>Each open page asks once a second, and the rolls are called for all of them together.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private volatile Called? _last;

    public IEnumerable<Trouble> Now(DateTimeOffset now)
    {
        var snapshot = current();
        if (_last is not { } last || !ReferenceEquals(last.Snapshot, snapshot) || (now - last.At).Duration() >= Interval)
            _last = last = new(snapshot, now, [.. snapshot.Fleets.Where(f => f.Config.Roster is not null).SelectMany(f => Of(f, now))]);

        return last.Troubles;
    }

    private static IEnumerable<Trouble> Of(FleetSnapshot fleet, DateTimeOffset now)
    {
        var call = RollCall.Of(fleet, now);
        if (fleet.Phase is null && call.Count(SeatState.Missing) == call.Seats.Count)
            return [];

        var seats = call.Seats.Where(s => s.State != SeatState.Present).GroupBy(s => s.State).Select(s => OfSeats(call, s.Key, [.. s]));
        return call.Unknown.Count == 0 ? seats : seats.Append(OfUnknown(call));
    }

    private static Trouble OfSeats(RollCall call, SeatState state, List<SeatReport> seats)
    {
        var (kind, what, next) = state switch
        {
            SeatState.Missing => (TroubleKind.SeatsMissing, "missing", "Look whether these machines have power and network"),
            SeatState.Double => (TroubleKind.SeatsDouble, "double", "Several machines are online for each of these seats: find out which one belongs there"),
            SeatState.WrongSeat => (TroubleKind.SeatsWrong, "wrong", "Their machines seem to be on other seats: look where they are plugged in, and which names they have"),
            _ => (TroubleKind.SeatsOldImage, "on an old image", "Their machines do not run the image that the roster says: install it"),
        };
        List<string> clients = [.. seats.SelectMany(s => s.Clients).Where(c => c.Client.Liveness.IsOnline(call.Time)).Select(c => SeatWords.Name(c.Client)).Take(Trouble.MaxNamed)];
        return new(kind, Severity.Attention, $"{seats.Count:N0} of {Quantity.Of(call.Seats.Count, "seat")} of {call.Fleet} {(seats.Count == 1 ? "is" : "are")} {what}", next)
        {
            Why = Trouble.Named([.. seats.Take(Trouble.MaxNamed).Select(s => s.Seat.Name)], seats.Count),
            Fleet = call.Fleet,
            Clients = clients.Count == 0 ? null : clients,
            Command = $"wg-fleet rollcall {call.Fleet}",
        };
    }

    private static Trouble OfUnknown(RollCall call)
    {
        List<string> names = [.. call.Unknown.Take(Trouble.MaxNamed).Select(SeatWords.Name)];
        return new(
            TroubleKind.MachinesUnknown,
            Severity.Attention,
            call.Unknown.Count == 1 ? $"1 machine in {call.Fleet} is not in its roster" : $"{call.Unknown.Count:N0} machines in {call.Fleet} are not in its roster",
            "Find out what they are; those that may be there belong into the roster")
        {
            Why = Trouble.Named(names, call.Unknown.Count),
            Fleet = call.Fleet,
            Clients = names,
            Command = $"wg-fleet rollcall {call.Fleet}",
        };
    }

    private sealed record Called(Snapshot Snapshot, DateTimeOffset At, IReadOnlyList<Trouble> Troubles);
}
