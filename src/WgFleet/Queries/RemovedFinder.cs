using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Queries;

/// <summary>Finds the removed client that an operator names; where several had the name, the one that was removed last.</summary>
internal static class RemovedFinder
{
    private const int Most = 1000;

    /// <summary>The client that was removed last, and other machines that were removed before it and had the same name or address.</summary>
    /// <exception cref="RefusedException">There is none, or they are of several fleets.</exception>
    public static async Task<(Tombstone Newest, IReadOnlyList<Tombstone> Others)> FindAsync(
        FleetStore store, string text, string? fleet, Snapshot snapshot, CancellationToken cancellationToken)
    {
        var (name, meant) = (ClientName.Of(snapshot, text, fleet), ClientName.Unescaped(text));
        var found = await store.FindRemovedAsync(name.Text, name.Fleet, Most, cancellationToken);
        if (found.Count == 0)
        {
            throw new RefusedException(Refusal.NotFound, ClientFinder.FindOrNull(snapshot, text, fleet) is not null
                ? $"'{meant}' was not removed: it is a client now"
                : $"no client '{meant}' was removed, or it is no longer kept (tombstone_keep); 'wg-fleet clients list --removed' shows those that are");
        }

        var fleets = found.Select(r => r.Fleet).Distinct().ToList();
        if (fleets.Count > 1)
            throw new RefusedException(Refusal.Conflict, $"'{meant}' was removed from several fleets: {string.Join(", ", fleets)}; name the fleet too, or use the key");

        // The same machine may have been removed before.
        return (found[0], [.. found.Skip(1).Where(r => r.PublicKey != found[0].PublicKey)]);
    }
}
