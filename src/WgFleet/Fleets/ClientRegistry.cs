using System.Collections.Immutable;
using System.Data.Common;
using System.Net;
using WgFleet.Config;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>Who belongs to which fleet, by which address and name: every change of it, and the snapshot to read.</summary>
internal sealed partial class ClientRegistry(
    ServerConfig config, FleetStore store, IReadOnlyDictionary<string, PeerSync> links, Writer writer, TimeProvider time, ILogger<ClientRegistry> log)
{
    /// <summary>So many a turn of the writer: others get theirs in between.</summary>
    private const int Portion = 250;

    private long _lastId;

    /// <summary>All fleets as of the last batch; reading it takes no lock.</summary>
    public Snapshot Current => writer.Current;

    /// <summary>Whether some hook asks to be told who comes online and goes offline; nobody looks for it otherwise.</summary>
    public bool TellsPresence { get; set; }

    /// <summary>Loads the clients, brings every fleet's interface up and makes it agree with them. A fleet whose interface does not come up is down.</summary>
    /// <exception cref="StartupException">The database cannot be read.</exception>
    public async Task<Snapshot> LoadAsync(CancellationToken cancellationToken)
    {
        var (fleets, lastId) = SnapshotLoader.Build(config, store.LoadClients(), log);
        // Side by side: a fleet whose interface does not answer costs the others no time.
        await Task.WhenAll(fleets.Select(fleet => links[fleet.Config.Name].StartAsync(fleet, cancellationToken)));

        // An id that a removed client had is nobody else's for as long as that one can be looked at.
        _lastId = Math.Max(lastId, store.LastRemovedId());
        return new Snapshot(store.LastSequence(), config.Domain, WithFreezes(fleets));
    }

    /// <summary>Begins to take changes; the first event is that of the start, which is in the log when this returns.</summary>
    /// <exception cref="StartupException">The database cannot be written.</exception>
    public StartupEvent Start(Snapshot loaded)
    {
        // Hooks may have entered events of their own since the clients were loaded.
        var draft = new Batch(loaded with { Sequence = store.LastSequence() }, time.GetUtcNow(), _ => throw new InvalidOperationException(), _lastId);
        draft.Tell(e => new StartupEvent(ProductInfo.Version) { Id = e.Id, Sequence = e.Sequence, Time = e.Time });
        try
        {
            store.Commit(draft.Rows);
        }
        catch (DbException e)
        {
            throw new StartupException($"database {config.Database} cannot be written: {e.Message}", e);
        }

        writer.Start(draft.ToSnapshot(), _lastId);
        return (StartupEvent)draft.Events[0];
    }

    /// <summary>
    /// Registers a new client; returns when it is on disk and WireGuard has it. With a key that the client made itself,
    /// the same key again is the same client and takes no use of a token. Its peer is made anew if it has had no handshake lately.
    /// </summary>
    /// <exception cref="RefusedException">Unknown fleet, no address is left, a client of another fleet has the key, or the token is worth nothing any more.</exception>
    public Task<RegisteredClient> RegisterAsync(string fleet, WireGuardKey publicKey, string requestAddress, bool isClientsOwn = false, EnrollmentToken? token = null)
    {
        if (isClientsOwn && Current.Fleet(fleet)?.ByKey.GetValueOrDefault(publicKey) is { } known)
            return RenewPeerCommand.IsNeeded(known, time.GetUtcNow()) ? writer.ExecuteAsync(new RenewPeerCommand(fleet, known.Id)) : Task.FromResult(known);

        // The writer has the last word; this keeps those who come with a spent one out of its queue.
        return token?.Refuses(fleet, time.GetUtcNow(), taken: 0) is { } why
            ? Task.FromException<RegisteredClient>(new RefusedException(Refusal.Forbidden, why))
            : writer.ExecuteAsync(new RegisterCommand(fleet, publicKey, requestAddress, isClientsOwn, token));
    }

    /// <summary>Gives a client the name it asks for, or the nearest free one. Takes no turn of the writer when it has it.</summary>
    /// <exception cref="RefusedException">The client has just been removed.</exception>
    public ValueTask<Renaming> NameAsync(FleetSnapshot fleet, RegisteredClient member, string asked) =>
        RequestHostnameCommand.Settled(member, asked, !fleet.ByHostname.ContainsKey(asked)) || RequestHostnameCommand.IsKept(member, fleet.Frozen)
            ? ValueTask.FromResult(new Renaming(member.Hostname!, Changed: false))
            : new(writer.ExecuteAsync(new RequestHostnameCommand(member.Fleet, member.Address, asked)));

    /// <summary>Gives a client exactly this name, for an operator; returns it as it is then.</summary>
    /// <exception cref="RefusedException">Another client has the name, or the client has just been removed.</exception>
    public async Task<RegisteredClient> SetHostnameAsync(RegisteredClient client, string hostname, string by)
    {
        var renamed = await writer.ExecuteAsync(new SetHostnameCommand(client.Fleet, client.Id, hostname));
        Log.Renamed(log, client.Fleet, client.Address, hostname, by);
        return renamed;
    }

    /// <summary>Removes one client, for an operator; false if it has just been removed.</summary>
    public async Task<bool> RemoveClientAsync(RegisteredClient client, string by)
    {
        if (await RemoveAsync(client.Fleet, [client.Id], _ => true, "removed", by) == 0)
            return false;

        Log.Removed(log, client.Fleet, client.Address, client.Hostname, by);
        return true;
    }

    /// <summary>Removes those of these clients that still deserve it when their turn comes; returns how many.</summary>
    /// <param name="fleet">Their fleet.</param>
    /// <param name="ids">The clients.</param>
    /// <param name="deserves">Whether one is to go; asked on the writer.</param>
    /// <param name="reason">What hooks are told.</param>
    /// <param name="by">The operator who wants it; null if none does.</param>
    public Task<int> RemoveAsync(string fleet, IReadOnlyList<long> ids, Func<RegisteredClient, bool> deserves, string reason, string? by = null) =>
        writer.ExecuteAsync(new RemoveCommand(fleet, ids, deserves, reason, by) { LeavesTombstones = LeavesTombstones, TellsPresence = TellsPresence });

    /// <summary>The same for those that have gone quiet, of whom nobody goes while the fleet is frozen.</summary>
    public Task<int> PruneAsync(string fleet, IReadOnlyList<long> ids, string? by = null) =>
        writer.ExecuteAsync(new RemoveCommand(fleet, ids, IsStale, "stale", by) { StopsAtFreeze = true, LeavesTombstones = LeavesTombstones, TellsPresence = TellsPresence });

    /// <summary>Puts back a client that was removed, as it was.</summary>
    /// <exception cref="RefusedException">Its fleet is gone, it is back already, or somebody has its key, address or name by now.</exception>
    public async Task<RegisteredClient> RestoreAsync(TombstoneRow tombstone, string by)
    {
        if (Current.Fleet(tombstone.Fleet) is null)
            throw new RefusedException(Refusal.Conflict, $"its fleet {tombstone.Fleet} is not in the configuration any more; put that back first, and reload");

        if (!IPAddress.TryParse(tombstone.Address, out var address) || !WireGuardKey.TryParse(tombstone.PublicKey, out var key))
            throw new RefusedException(Refusal.Conflict, "its address or key in the database is none; it must register again");

        var member = await writer.ExecuteAsync(new RestoreCommand(store, tombstone, address, key));
        Log.PutBack(log, member.Fleet, member.Address, member.Hostname, by);
        return member;
    }

    /// <summary>Keeps a client from being pruned until it is unpinned, also over a restart.</summary>
    /// <exception cref="RefusedException">The client has just been removed.</exception>
    public async Task<RegisteredClient> PinAsync(string fleet, long id, string by)
    {
        var change = await writer.ExecuteAsync(new PinCommand(fleet, id, by));
        if (change.Changed)
            Log.Pinned(log, fleet, change.RegisteredClient.Address, change.RegisteredClient.Hostname, by);

        return change.RegisteredClient;
    }

    /// <summary>Ends that.</summary>
    /// <exception cref="RefusedException">The client has just been removed.</exception>
    public async Task<RegisteredClient> UnpinAsync(string fleet, long id, string by)
    {
        var change = await writer.ExecuteAsync(new PinCommand(fleet, id, by: null));
        if (change.Changed)
            Log.Unpinned(log, fleet, change.RegisteredClient.Address, change.RegisteredClient.Hostname, by);

        return change.RegisteredClient;
    }

    /// <summary>Freezes a fleet: nobody is pruned and nobody's name changes until it is thawed, also over a restart.</summary>
    /// <exception cref="RefusedException">There is no such fleet.</exception>
    public async Task<FreezeChange> FreezeAsync(string fleet, string by)
    {
        var change = await writer.ExecuteAsync(new FreezeCommand(fleet, by));
        if (change.Changed)
            Log.Frozen(log, fleet, by);

        return change;
    }

    /// <summary>Ends a freeze.</summary>
    /// <exception cref="RefusedException">There is no such fleet.</exception>
    public async Task<FreezeChange> ThawAsync(string fleet, string by)
    {
        var change = await writer.ExecuteAsync(new FreezeCommand(fleet, by: null));
        if (change.Changed)
            Log.Thawed(log, fleet, by);

        return change;
    }

    /// <summary>Shows that a sweep of a fleet is held, or with null that none is any more.</summary>
    public Task HoldAsync(string fleet, HeldPrune? held) => writer.ExecuteAsync(new HoldPruneCommand(fleet, held));

    /// <summary>Time between two looks at an interface. Traffic counts as life only between two looks, so a short prune_timeout needs frequent ones.</summary>
    public TimeSpan WatchInterval => TimeSpan.FromSeconds(Math.Clamp(config.PruneTimeout.TotalSeconds / 4, 1, 20));

    /// <summary>Looks at a fleet's interface, notes who is alive, and mends what differs.</summary>
    /// <returns>False if the interface did not answer, so that nobody knows who is alive.</returns>
    public async Task<bool> ObserveAsync(string fleet, CancellationToken cancellationToken)
    {
        var link = links[fleet];
        try
        {
            if (link is not { Agrees: true, Status.State: FleetCondition.Up })
                await writer.ExecuteAsync(new RepairCommand(fleet));

            if (!link.Agrees)
                return false;

            var before = Current.Fleet(fleet)!;
            var device = await link.LookAsync(cancellationToken);
            var restored = await writer.ExecuteAsync(new ObserveCommand(before, device));
            if (restored > 0)
            {
                link.SessionsLostAt = time.GetUtcNow();
                Log.Restored(log, restored, fleet);
            }

            if (TellsPresence)
                await TellPresenceAsync(fleet, link);

            return true;
        }
        catch (WireGuardException e)
        {
            Log.Lost(log, fleet, e.Message);
            await writer.ExecuteAsync(new RepairCommand(fleet));
            return false;
        }
    }

    /// <summary>Whether a client that nobody has pinned has been quiet for too long, and its tunnel has had time to come back if we lost it.</summary>
    public bool IsStale(RegisteredClient member)
    {
        var now = time.GetUtcNow();
        var lost = links[member.Fleet].SessionsLostAt;
        return member.Pinned is null
            && now - member.Liveness.LastSeen > (member.PruneTimeout ?? config.PruneTimeout)
            && (member.RegisteredAt >= lost || now - lost > config.PruneGrace);
    }

    /// <summary>Saves when clients were last heard of, of those where that has changed.</summary>
    public async Task SaveActivityAsync()
    {
        var unsaved = Current.Fleets.SelectMany(f => f.ById.Values).Where(m => m.Liveness.TakeUnsaved()).ToList();
        if (unsaved.Count == 0)
            return;

        try
        {
            await writer.ExecuteAsync(new SaveLivenessCommand(store, unsaved));
        }
        catch (Exception e) when (e is DbException or OperationCanceledException)
        {
            unsaved.ForEach(m => m.Liveness.MarkUnsaved());
            Log.ActivityNotSaved(log, unsaved.Count, e.Message);
        }
    }

    /// <summary>Finishes what waits, saves what is unsaved.</summary>
    public async Task StopAsync()
    {
        await SaveActivityAsync();
        await writer.StopAsync();
    }

    private async Task TellPresenceAsync(string fleet, PeerSync link)
    {
        var (now, presence) = (time.GetUtcNow(), new Presence(config.OfflineAfter, link.SessionsLostAt));
        var news = Current.Fleet(fleet)!.ById.Values.Where(m => presence.News(m, now) is not null).Select(m => m.Id);
        foreach (var ids in news.Chunk(Portion))
            await writer.ExecuteAsync(new PresenceCommand(fleet, ids, presence));
    }

    private bool LeavesTombstones => config.TombstoneKeep > TimeSpan.Zero;

    private ImmutableArray<FleetSnapshot> WithFreezes(ImmutableArray<FleetSnapshot> fleets)
    {
        var rows = store.LoadFrozen().ToDictionary(r => r.Fleet);
        return [.. fleets.Select(fleet =>
        {
            if (!rows.TryGetValue(fleet.Config.Name, out var row))
                return fleet;

            Log.StillFrozen(log, row.Fleet, row.By, row.Since);
            return fleet with { Frozen = new Freeze(new DateTimeOffset(row.Since, TimeSpan.Zero), row.By) };
        })];
    }
}
