using WgFleet.Hosting;
using WgFleet.Store.Engine;
using WgFleet.Store.Rosters;

namespace WgFleet.Store;

/// <summary>The tables of the registry: clients, tombstones, frozen fleets, and the events of their changes.</summary>
internal sealed class FleetStore(Database database)
{
    /// <summary>How many last-seen times one transaction saves, so that other writes get their turn.</summary>
    private const int SeenBatch = 2000;

    /// <summary>All clients, in the order of their ids. Blocks.</summary>
    /// <exception cref="StartupException">The file is damaged.</exception>
    public LoadedClients LoadClients() => database.Load(ClientTable.Load);

    /// <summary>The fleets that are frozen, also those that are no longer in the configuration. Blocks.</summary>
    /// <exception cref="StartupException">The file is damaged, or something else has written to it.</exception>
    public IReadOnlyList<FrozenFleet> LoadFrozen() => database.Load(FrozenFleetTable.Load);

    /// <summary>The rosters that operators have set, also of fleets that have another one by now. Blocks.</summary>
    /// <exception cref="StartupException">The file is damaged, or something else has written to it.</exception>
    public IReadOnlyList<StoredRoster> LoadRosters() => database.Load(RosterTable.Load);

    /// <summary>The highest client id that a tombstone or an event has; 0 if there are none. Blocks.</summary>
    /// <exception cref="StartupException">The file is damaged.</exception>
    public long LastRemovedId() => database.Load(c => Math.Max(TombstoneTable.LastId(c), EventTable.LastClient(c)));

    /// <summary>The highest event number ever given, also if its row is gone. Blocks.</summary>
    /// <exception cref="StartupException">The file is damaged.</exception>
    public long LastSequence() => database.Load(EventTable.LastSequence);

    /// <summary>The last event of a type and a fleet; null if none is kept. Blocks.</summary>
    /// <exception cref="StartupException">The file is damaged.</exception>
    public EventRow? LastEvent(string type, string fleet) => database.Load(c => EventTable.LatestOfKind(c, type, fleet, long.MaxValue, -1, 1).FirstOrDefault());

    /// <summary>Tombstones of removals before an event number, the latest first; of one fleet or, with null, of all.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public Task<List<Tombstone>> RemovedAsync(string? fleet, long before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(c => TombstoneTable.Page(c, fleet, before, limit), cancellationToken);

    /// <summary>Tombstones of clients that had this address, key, name or name.fleet, the latest first.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public Task<List<Tombstone>> FindRemovedAsync(string text, string? fleet, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(c => TombstoneTable.Find(c, text, fleet, limit), cancellationToken);

    /// <summary>Whether the tombstone of the removal with this event number is kept.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public Task<bool> IsRemovedAsync(long sequence) => database.ReadAsync(c => TombstoneTable.Has(c, sequence), CancellationToken.None);

    /// <summary>Commits a batch: all of it is on disk when this returns, or nothing. Blocks.</summary>
    /// <exception cref="StoreException">Nothing was written.</exception>
    public void Commit(StoreBatch batch) => database.Write(c => Write(c, batch));

    /// <summary>Saves when and where from clients were last seen, without waiting for the disk. Clients that were removed are not an error. Blocks.</summary>
    /// <exception cref="StoreException">Not all of it was written.</exception>
    public void SaveSeen(IEnumerable<SeenClient> seen)
    {
        foreach (var some in seen.Chunk(SeenBatch))
        {
            database.WriteRelaxed(c =>
            {
                ClientTable.SetSeen(c, some);
                return true;
            });
        }
    }

    private static void Write(Connection c, StoreBatch batch)
    {
        // First the changes that free addresses and names, which later changes may use.
        ClientTable.Delete(c, batch.RemovedIds);
        ClientTable.DeleteByKey(c, batch.ReleasedKeys);
        ClientTable.Insert(c, batch.Added);

        // In the order of their decisions: a later change may use the name that an earlier one freed.
        ClientTable.Rename(c, batch.Renamed);

        foreach (var (token, uses) in batch.Uses)
            TokenStore.Use(c, token, uses);

        ClientTable.Pin(c, batch.Pinned);
        ClientTable.SetFacts(c, batch.Facts);
        ClientTable.SetPresharedKeys(c, batch.PresharedKeys);
        ClientTable.SetSecondAddresses(c, batch.SecondAddresses);
        ClientTable.SetTags(c, batch.Tagged);
        ClientTable.SetOnline(c, batch.Presence);
        EventTable.Insert(c, batch.Events);

        foreach (var (fleet, frozen) in batch.Frozen)
        {
            if (frozen is null)
                FrozenFleetTable.Delete(c, fleet);
            else
                FrozenFleetTable.Insert(c, frozen);
        }

        // A restored client may have been removed again in the same batch.
        TombstoneTable.DeleteByKey(c, batch.RestoredKeys);
        TombstoneTable.Insert(c, batch.Tombstones);

        foreach (var write in batch.Acts)
            write(c);
    }
}
