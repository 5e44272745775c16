using WgFleet.Config;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Queries.RollCalls;

/// <summary>A client that belongs on a seat.</summary>
/// <param name="Client">The client.</param>
/// <param name="By">The column of the roster that says so.</param>
internal readonly record struct SeatedClient(RegisteredClient Client, string By);

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
            throw new RefusedException(Refusal.Conflict, $"nobody says which machines fleet {name} should have: name a file in fleets.{name}.roster, and reload");

        var seated = new Dictionary<Seat, List<SeatedClient>>(ReferenceEqualityComparer.Instance);
        List<RegisteredClient> unknown = [];
        foreach (var client in fleet.ById.Values)
        {
            if (SeatOf(client, roster) is not { } found)
            {
                if (client.Liveness.IsOnline(now))
                    unknown.Add(client);
            }
            else if (seated.TryGetValue(found.Seat, out var others))
            {
                others.Add(new(client, found.By));
            }
            else
            {
                seated.Add(found.Seat, [new(client, found.By)]);
            }
        }

        return new(name, now, [.. roster.Seats.Select(s => Report(s, seated.GetValueOrDefault(s) ?? [], now))], unknown);
    }

    private static SeatReport Report(Seat seat, List<SeatedClient> clients, DateTimeOffset now)
    {
        var online = clients.Count(c => c.Client.Liveness.IsOnline(now));
        var state = online switch { 0 => SeatState.Missing, 1 => SeatState.Present, _ => SeatState.Double };
        return new(seat, state, [.. clients.OrderByDescending(c => c.Client.Liveness.IsOnline(now)).ThenBy(c => c.Client.Id)]);
    }

    /// <summary>The seat that a client belongs on. What a machine cannot choose counts more than its name.</summary>
    private static (Seat Seat, string By)? SeatOf(RegisteredClient client, Roster roster)
    {
        if (roster.WithKey(client.PublicKey) is { } byKey)
            return (byKey, "key");

        if (client.Hostname is not { } hostname)
            return null;

        // Two machines that both ask for d14 are d14 and d14--2.
        var seat = roster.WithHostname(hostname) ?? (Hostnames.TrySplit(hostname, out var asked, out _) ? roster.WithHostname(asked) : null);
        return seat is null ? null : (seat, "hostname");
    }
}
