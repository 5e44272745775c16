using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Naming;

/// <summary>The seat that a client belongs on, and where else it seems to be.</summary>
/// <param name="Seat">The seat that it belongs on.</param>
/// <param name="By">The column of the roster that says so.</param>
/// <param name="Elsewhere">Another seat, whose switch port it is plugged into or whose name it has; null if there is none.</param>
internal readonly record struct SeatMatch(Seat Seat, string By, Seat? Elsewhere)
{
    private const string Key = "key";
    private const string SwitchPort = "switch_port";
    private const string Hostname = "hostname";

    // A key is proven by the tunnel, and the rest is said. Which machine it is counts more than where it is, and that more than what it calls itself.
    private int Rank => By switch
    {
        Hostname => 1,
        SwitchPort => 2,
        Key => 4,
        _ => 3,
    };

    /// <summary>
    /// The match of a client; null if it belongs on no seat. Which machine it is (key, board, cards) counts more than where it is (switch port), and that
    /// more than the name that it asked for.
    /// </summary>
    public static SeatMatch? Of(RegisteredClient client, Roster roster)
    {
        var (owner, by) = Owner(client.PublicKey, client.Facts, roster);
        var plugged = Plugged(client.Facts, roster);
        var called = Called(client, roster);
        if ((owner ?? plugged ?? called) is not { } seat)
            return null;

        return new(seat, owner is not null ? by : plugged is not null ? SwitchPort : Hostname, Other(seat, plugged) ?? Other(seat, called));
    }

    /// <summary>
    /// The seat whose name a client is to have where the roster gives the names; null if it belongs on no seat. A name decides only about a seat of which the roster says
    /// nothing else: otherwise any machine could have the name of a seat by asking for it.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="asked">The name that it asks for; null for the one that it has.</param>
    /// <param name="roster">The roster; null if the fleet has none.</param>
    public static SeatMatch? Due(RegisteredClient client, string? asked, Roster? roster)
    {
        if (roster is null)
            return null;

        var (owner, by) = Owner(client.PublicKey, client.Facts, roster);
        if (owner is not null)
            return new(owner, by, null);

        if (Plugged(client.Facts, roster) is { } plugged)
            return new(plugged, SwitchPort, null);

        return (asked ?? client.Hostname) is { } name && roster.WithHostname(name) is { IsKnownByName: true } called ? new(called, Hostname, null) : null;
    }

    /// <summary>
    /// The seat of a machine that is to register, which has asked for no name: by its key, its board, its cards or its switch port; null if it belongs on none.
    /// </summary>
    public static Seat? OfNew(WireGuardKey key, IReadOnlyDictionary<string, string> facts, Roster roster) => Owner(key, facts, roster).Seat ?? Plugged(facts, roster);

    /// <summary>Whether this client has the better claim to its seat: the other one belongs on another seat or on none, or less is known of it.</summary>
    public bool IsCloserThan(SeatMatch? other) => other is not { } match || !ReferenceEquals(match.Seat, Seat) || match.Rank < Rank;

    private static (Seat? Seat, string By) Owner(WireGuardKey key, IReadOnlyDictionary<string, string> facts, Roster roster)
    {
        if (roster.WithKey(key) is { } byKey)
            return (byKey, Key);

        if (facts.GetValueOrDefault(Facts.BoardSerial) is { } serial && roster.WithSerial(serial) is { } bySerial)
            return (bySerial, "serial");

        foreach (var card in facts.GetValueOrDefault(Facts.Cards)?.Split(' ') ?? [])
        {
            if (roster.WithCard(card) is { } byCard)
                return (byCard, "card");
        }

        return (null, "");
    }

    private static Seat? Plugged(IReadOnlyDictionary<string, string> facts, Roster roster) =>
        facts.GetValueOrDefault(Facts.SwitchPort) is { } port ? roster.WithSwitchPort(port) : null;

    // Two machines that both ask for d14 are d14 and d14--2.
    private static Seat? Called(RegisteredClient client, Roster roster) => client.Hostname is { } name
        ? roster.WithHostname(name) ?? (Hostnames.TrySplit(name, out var asked, out _) ? roster.WithHostname(asked) : null)
        : null;

    private static Seat? Other(Seat seat, Seat? found) => ReferenceEquals(seat, found) ? null : found;
}
