using WgFleet.Config;
using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Naming;

/// <summary>
/// Decides what becomes of a client's name when it pings. Operators come first: a client keeps the name that one of them gave it, a pinned client loses its name to nobody,
/// and in a frozen fleet no client loses or changes a name.
/// </summary>
/// <param name="fleet">The fleet's settings.</param>
/// <param name="freeze">The fleet's freeze; null if it is not frozen.</param>
/// <param name="find">Finds the client that has a name; null if none does.</param>
/// <param name="isGone">Whether a client has been silent for so long that another may have its name.</param>
internal readonly struct NameRules(FleetConfig fleet, Freeze? freeze, Func<string, RegisteredClient?> find, Func<RegisteredClient, bool> isGone)
{
    /// <param name="client">The client that pings.</param>
    /// <param name="asked">The name that it asks for; null if it asks for none.</param>
    public NameDecision Decide(RegisteredClient client, string? asked)
    {
        if (client.Hostname is not null && (freeze is not null || client.NamedBy is not null))
            return NameDecision.Keep;

        return fleet.Hostnames == HostnamePolicy.Roster ? BySeat(client, asked)
            : asked is null || asked == client.Hostname ? NameDecision.Keep
            : find(asked) is { } holder ? Taken(client, asked, holder)
            : new(NameVerdict.Give, asked);
    }

    private NameDecision Taken(RegisteredClient client, string asked, RegisteredClient holder)
    {
        if (fleet.Hostnames == HostnamePolicy.Takeover && MayLose(holder) && isGone(holder))
            return new(NameVerdict.Take, asked, holder);

        if (fleet.Hostnames == HostnamePolicy.Refuse)
            return new(NameVerdict.Refuse, asked, holder);

        return client.Hostname is { } hostname && Hostnames.IsSuffixed(hostname, asked) ? NameDecision.Keep : new(NameVerdict.Number, asked);
    }

    private NameDecision BySeat(RegisteredClient client, string? asked)
    {
        // Before operators have set the roster, nobody loses a name by it.
        if (fleet.Roster is null || client is { Pinned: not null, Hostname: not null })
            return NameDecision.Keep;

        var without = client.Hostname is null ? NameDecision.Keep : NameDecision.Lose;
        if (SeatMatch.Due(client, asked, fleet.Roster) is not { } due)
            return without;

        var hostname = due.Seat.Hostname;
        if (client.Hostname == hostname)
            return NameDecision.Keep;

        if (find(hostname) is not { } holder)
            return new(NameVerdict.Give, hostname);

        return MayLose(holder) && (due.IsCloserThan(SeatMatch.Due(holder, asked: null, fleet.Roster)) || isGone(holder))
            ? new(NameVerdict.Take, hostname, holder)
            : without;
    }

    private bool MayLose(RegisteredClient holder) => freeze is null && holder.Pinned is null && holder.NamedBy is null;
}
