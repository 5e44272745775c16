using WgFleet.Config;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Store;

namespace WgFleet.Queries.RollCalls;

/// <summary>The seat that a client belongs on, and where else it seems to be.</summary>
/// <param name="Seat">The seat that it belongs on.</param>
/// <param name="By">The column of the roster that says so.</param>
/// <param name="Elsewhere">Another seat, whose switch port it is plugged into or whose name it has; null if there is none.</param>
internal readonly record struct SeatMatch(Seat Seat, string By, Seat? Elsewhere)
{
    /// <summary>
    /// The match of a client; null if it belongs on no seat. Which machine it is (key, board, cards) counts more than where it is (switch port), and that
    /// more than the name that it asked for.
    /// </summary>
    public static SeatMatch? Of(RegisteredClient client, Roster roster)
    {
        var (owner, by) = Owner(client, roster);
        var plugged = client.Facts.GetValueOrDefault(Facts.SwitchPort) is { } port ? roster.WithSwitchPort(port) : null;
        var called = Called(client, roster);
        if ((owner ?? plugged ?? called) is not { } seat)
            return null;

        return new(seat, owner is not null ? by : plugged is not null ? "switch_port" : "hostname", Other(seat, plugged) ?? Other(seat, called));
    }

    private static (Seat? Seat, string By) Owner(RegisteredClient client, Roster roster)
    {
        if (roster.WithKey(client.PublicKey) is { } byKey)
            return (byKey, "key");

        if (client.Facts.GetValueOrDefault(Facts.BoardSerial) is { } serial && roster.WithSerial(serial) is { } bySerial)
            return (bySerial, "serial");

        foreach (var card in client.Facts.GetValueOrDefault(Facts.Cards)?.Split(' ') ?? [])
        {
            if (roster.WithCard(card) is { } byCard)
                return (byCard, "card");
        }

        return (null, "");
    }

    // Two machines that both ask for d14 are d14 and d14--2.
    private static Seat? Called(RegisteredClient client, Roster roster) => client.Hostname is { } name
        ? roster.WithHostname(name) ?? (Hostnames.TrySplit(name, out var asked, out _) ? roster.WithHostname(asked) : null)
        : null;

    private static Seat? Other(Seat seat, Seat? found) => ReferenceEquals(seat, found) ? null : found;
}
