using WgFleet.Config;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Queries.RollCalls;

/// <summary>A client that belongs on a seat.</summary>
/// <param name="Client">The client.</param>
/// <param name="Match">Why it belongs there.</param>
internal readonly record struct SeatedClient(RegisteredClient Client, SeatMatch Match);

/// <summary>What is on a seat.</summary>
/// <param name="Seat">The seat.</param>
/// <param name="State">What is found on it.</param>
/// <param name="Clients">The clients that belong on it, those that are online first.</param>
internal sealed record SeatReport(Seat Seat, SeatState State, IReadOnlyList<SeatedClient> Clients);

/// <summary>Which of the machines that a fleet's roster expects are online, and which are that it does not expect.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Time">The time as of which this is so.</param>
/// <param name="Seats">All seats, in the order of the roster.</param>
/// <param name="Unknown">Clients that are online and that no seat expects.</param>
internal sealed record RollCall(string Fleet, DateTimeOffset Time, IReadOnlyList<SeatReport> Seats, IReadOnlyList<RegisteredClient> Unknown)
{
    /// <summary>Whether each seat has its machine, and no other machine is online.</summary>
    public bool IsAsExpected => Unknown.Count == 0 && Seats.All(s => s.State == SeatState.Present);

    /// <summary>How many seats are in this state.</summary>
    public int Count(SeatState state) => Seats.Count(s => s.State == state);

    /// <summary>Calls the roll of a fleet.</summary>
    /// <exception cref="RefusedException">The fleet has no roster.</exception>
    public static RollCall Of(FleetSnapshot fleet, DateTimeOffset now)
    {
        var name = fleet.Config.Name;
        if (fleet.Config.Roster is not { } roster)
        {
            throw new RefusedException(Refusal.Conflict, $"nobody says which machines fleet {name} should have: "
                + (fleet.Config.RosterByApi ? $"wg-fleet roster set {name} FILE" : $"name a file in fleets.{name}.roster, and reload"));
        }

        var seated = new Dictionary<Seat, List<SeatedClient>>(ReferenceEqualityComparer.Instance);
        List<RegisteredClient> unknown = [];
        foreach (var client in fleet.ById.Values)
        {
            if (SeatMatch.Of(client, roster) is { } match)
            {
                if (!seated.TryGetValue(match.Seat, out var clients))
                    seated.Add(match.Seat, clients = []);

                clients.Add(new(client, match));
            }
            else if (client.Liveness.IsOnline(now))
            {
                unknown.Add(client);
            }
        }

        return new(name, now, [.. roster.Seats.Select(s => Report(s, seated.GetValueOrDefault(s) ?? [], now))], unknown);
    }

    private static SeatReport Report(Seat seat, List<SeatedClient> clients, DateTimeOffset now)
    {
        // Whether a client is online is read once: it may change meanwhile.
        var (online, offline) = (new List<SeatedClient>(), new List<SeatedClient>());
        foreach (var client in clients)
            (client.Client.Liveness.IsOnline(now) ? online : offline).Add(client);

        return new(seat, StateOf(seat, online), [.. online, .. offline]);
    }

    private static SeatState StateOf(Seat seat, List<SeatedClient> online) => online switch
    {
        [] => SeatState.Missing,
        [var one] when one.Match.Elsewhere is not null => SeatState.WrongSeat,
        [var one] when seat.Image is { } image && one.Client.Facts.GetValueOrDefault(Facts.Image) != image => SeatState.OldImage,
        [_] => SeatState.Present,
        _ => SeatState.Double,
    };
}
