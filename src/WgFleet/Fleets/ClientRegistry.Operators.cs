using WgFleet.Config;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Fleets;

/// <summary>What operators do. Each act has an event that names the operator, in the transaction of the change.</summary>
internal sealed partial class ClientRegistry
{
    // Of two restores of one client, the second sees the result of the first.
    private readonly SemaphoreSlim _restoring = new(1);

    /// <summary>See <see cref="Fleets.RecordAct"/>.</summary>
    public Task RecordAsync(OperatorActed act, Action<Connection>? write = null) => writer.ExecuteAsync(new ActCommand(act, write));

    /// <summary>Gives a client exactly this name, for an operator; returns the client with it. It keeps the name whatever it asks for.</summary>
    /// <exception cref="RefusedException">Another client has the name, or the client has just been removed.</exception>
    public async Task<RegisteredClient> SetHostnameAsync(RegisteredClient client, string hostname, FleetOperator by)
    {
        var renamed = await writer.ExecuteAsync(new SetHostnameCommand(client.Fleet, client.Id, hostname, by));
        Log.Renamed(log, client.Fleet, client.Address, hostname, by.Name);
        return renamed;
    }

    /// <summary>Lets a client that an operator has named have the name that it asks for again, from its next ping on.</summary>
    /// <exception cref="RefusedException">The client has just been removed.</exception>
    public async Task<RegisteredClient> ReleaseNameAsync(RegisteredClient client, FleetOperator by)
    {
        var released = await writer.ExecuteAsync(new ReleaseNameCommand(client.Fleet, client.Id, by));
        if (client.NamedBy is not null)
            Log.NameReleased(log, client.Fleet, client.Address, client.Hostname ?? PlainText.None, by.Name);

        return released;
    }

    /// <summary>Removes one client, for an operator; false if it has just been removed.</summary>
    public async Task<bool> RemoveClientAsync(RegisteredClient client, FleetOperator by)
    {
        if (await RemoveAsync(client.Fleet, [client.Id], _ => true, "removed", by) == 0)
            return false;

        Log.Removed(log, client.Fleet, client.Address, client.Hostname ?? PlainText.None, by.Name);
        return true;
    }

    /// <summary>Restores a removed client.</summary>
    /// <exception cref="StoreException">The database cannot be written.</exception>
    /// <exception cref="RefusedException">Its fleet no longer exists, it is restored already, or another client has its key, address or name.</exception>
    public async Task<RegisteredClient> RestoreAsync(Tombstone tombstone, FleetOperator by)
    {
        var fleet = Current.Fleet(tombstone.Fleet)
            ?? throw new RefusedException(Refusal.Conflict, $"its fleet {tombstone.Fleet} is no longer in the configuration; add it again and reload");

        await _restoring.WaitAsync();
        try
        {
            // It may have been restored, and removed again, in the meantime.
            if (!fleet.ByKey.ContainsKey(tombstone.PublicKey) && !await IsKeptAsync(tombstone))
                throw new RefusedException(Refusal.Conflict, "it has just been restored, or its tombstone is no longer kept; look again");

            var client = await writer.ExecuteAsync(new RestoreCommand(tombstone, by));
            Log.PutBack(log, client.Fleet, client.Address, client.Hostname ?? PlainText.None, by.Name);
            return client;
        }
        finally
        {
            _restoring.Release();
        }
    }

    /// <summary>Pins a client: it is not pruned until it is unpinned, also after a restart.</summary>
    /// <exception cref="RefusedException">The client has just been removed.</exception>
    public async Task<RegisteredClient> PinAsync(string fleet, long id, FleetOperator by)
    {
        var change = await writer.ExecuteAsync(new PinCommand(fleet, id, pins: true, by));
        if (change.Changed)
            Log.Pinned(log, fleet, change.Client.Address, change.Client.Hostname ?? PlainText.None, by.Name);

        return change.Client;
    }

    /// <summary>Unpins a client.</summary>
    /// <exception cref="RefusedException">The client has just been removed.</exception>
    public async Task<RegisteredClient> UnpinAsync(string fleet, long id, FleetOperator by)
    {
        var change = await writer.ExecuteAsync(new PinCommand(fleet, id, pins: false, by));
        if (change.Changed)
            Log.Unpinned(log, fleet, change.Client.Address, change.Client.Hostname ?? PlainText.None, by.Name);

        return change.Client;
    }

    /// <summary>Freezes a fleet: no client is pruned and no name changes until it is thawed, also after a restart.</summary>
    /// <exception cref="RefusedException">There is no such fleet.</exception>
    public async Task<FreezeChange> FreezeAsync(string fleet, FleetOperator by)
    {
        var change = await writer.ExecuteAsync(new FreezeCommand(fleet, freezes: true, by));
        if (change.Changed)
            Log.Frozen(log, fleet, by.Name);

        return change;
    }

    /// <summary>Thaws a fleet.</summary>
    /// <exception cref="RefusedException">There is no such fleet.</exception>
    public async Task<FreezeChange> ThawAsync(string fleet, FleetOperator by)
    {
        var change = await writer.ExecuteAsync(new FreezeCommand(fleet, freezes: false, by));
        if (change is { Changed: true, Now: { } still })
            Log.ThawedInPhase(log, fleet, by.Name, still.By);
        else if (change.Changed)
            Log.Thawed(log, fleet, by.Name);

        return change;
    }

    /// <summary>Replaces the roster of a fleet, or with null deletes it.</summary>
    /// <param name="fleet">The fleet's name.</param>
    /// <param name="roster">The new one.</param>
    /// <param name="mayReplace">Whether the caller has seen the roster that is there, by its tag; null for none.</param>
    /// <param name="by">Who does it.</param>
    /// <exception cref="RefusedException">Operators do not set the fleet's roster, or somebody else has changed it.</exception>
    public async Task<RosterChange> SetRosterAsync(string fleet, Roster? roster, Func<string?, bool> mayReplace, FleetOperator by)
    {
        var change = await writer.ExecuteAsync(new SetRosterCommand(fleet, roster, mayReplace, by));
        if (change.Changed)
            Log.RosterChanged(log, fleet, roster is null ? "deleted" : change.Difference.Text, by.Name);

        return change;
    }

    private async Task<bool> IsKeptAsync(Tombstone tombstone)
    {
        try
        {
            return await store.IsRemovedAsync(tombstone.Sequence);
        }
        catch (StoreException e)
        {
            throw new RefusedException(Refusal.Unavailable, $"the database cannot be read: {e.Message}");
        }
    }
}
