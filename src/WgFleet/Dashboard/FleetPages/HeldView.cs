using WgFleet.Dashboard.ClientPages;
using WgFleet.Dashboard.Formatting;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>A prune that is held, and whom it would remove.</summary>
/// <param name="Number">Its number: a decision is about this prune and no later one.</param>
/// <param name="Count">How many it would remove, in words.</param>
/// <param name="Clients">The first of them.</param>
/// <param name="More">How many more there are.</param>
internal sealed record HeldView(long Number, string Count, IReadOnlyList<HeldClient> Clients, int More)
{
    private const int MostShown = 100;

    public static HeldView? Of(FleetSnapshot fleet, DateTimeOffset now)
    {
        if (fleet.Held is not { } held)
            return null;

        var clients = held.Ids.Select(id => fleet.ById.GetValueOrDefault(id)).OfType<RegisteredClient>().ToList();
        return new(
            held.Number,
            Quantity.Of(held.Ids.Length, "stale client"),
            [.. clients.Take(MostShown).Select(c => new HeldClient(
                c.Hostname ?? c.Address.ToString(), ClientView.PathOf(c.Fleet, c.PublicKey.ToString()), DisplayTime.Of(c.Liveness.LastSeen, now).Age))],
            Math.Max(0, clients.Count - MostShown));
    }
}

/// <summary>A client that a held prune would remove.</summary>
/// <param name="Name">Its name, or its address if it has none.</param>
/// <param name="Link">Its page.</param>
/// <param name="Seen">How long ago it was seen.</param>
internal sealed record HeldClient(string Name, string Link, string Seen);
