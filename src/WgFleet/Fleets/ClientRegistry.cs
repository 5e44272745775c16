using System.Net;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>The clients of all fleets, with their addresses and names: every change of them, and the snapshot to read.</summary>
internal sealed partial class ClientRegistry(
    ServerConfig config, FleetStore store, IReadOnlyDictionary<string, PeerSync> links, Writer writer, TimeProvider time, ILogger<ClientRegistry> log) : IDisposable
{
    /// <summary>Maximum number of clients per command, so that other commands get their turn.</summary>
    private const int BatchSize = 250;

    private long _lastId;

    /// <summary>All fleets as of the last batch; reading it takes no lock.</summary>
    public Snapshot Current => writer.Current;

    /// <summary>Whether a hook asks for presence events; otherwise none are written.</summary>
    public bool RecordsPresence { get; set; }

    /// <summary>Why and how this gateway took the lease, if that is not in the event log yet; null for a server without other gateways.</summary>
    public (LeaseToken Token, string Cause)? TookOver { get; set; }

    /// <summary>Loads the clients, brings every fleet's interface up and makes it agree with them. A fleet whose interface does not come up is down.</summary>
    /// <exception cref="StartupException">The database cannot be read.</exception>
    public async Task<Snapshot> LoadAsync(CancellationToken cancellationToken)
    {
        var rows = store.LoadClients();
        var fleets = SnapshotLoader.Build(config, rows, store.LoadFrozen(), store.LoadRosters(), log);

        await FleetStart.BringUpAsync(fleets, links, cancellationToken);

        // The clock may have been ahead before the restart.
        foreach (var client in fleets.SelectMany(f => f.ById.Values))
            client.Liveness.Clamp(time.GetUtcNow());

        // No client gets an id that a tombstone or an event has.
        _lastId = Math.Max(rows.LastId, store.LastRemovedId());
        return new Snapshot(store.LastSequence(), config.Domain, fleets);
    }

    /// <summary>Begins to accept changes. When this returns, the log has the startup event. Blocks.</summary>
    /// <exception cref="StartupException">The database cannot be written.</exception>
    public StartupEvent Start(Snapshot loaded)
    {
        if (loaded.Sequence == long.MaxValue)
            throw new StartupException($"database {config.Database} cannot be used: an event has the last number that there is; restore a backup");

        // New hooks may have got events of their own since the clients were loaded.
        var batch = new Batch(loaded with { Sequence = store.LastSequence() }, time.GetUtcNow(), _ => new HostnameHints(), _ => false, _ => false, _lastId);
        batch.Record(client: null, stamp => new StartupEvent(ProductInfo.Version) { Stamp = stamp });
        if (TookOver is { Token: var token, Cause: var cause })
            batch.Record(client: null, stamp => new GatewayTookOver(token.Holder, token.Epoch, cause) { Stamp = stamp });

        foreach (var fleet in loaded.Fleets)
            EnterPhase(fleet.Config.Name, batch);

        try
        {
            store.Commit(batch.Rows);
        }
        catch (StoreException e)
        {
            throw new StartupException($"database {config.DatabaseName} cannot be written: {e.Message}", e);
        }

        writer.Start(batch.ToSnapshot(), _lastId);
        return (StartupEvent)batch.Events[0];
    }

    /// <summary>Removes the clients that still meet the condition when the writer comes to them; returns how many.</summary>
    /// <param name="fleet">Their fleet.</param>
    /// <param name="ids">The clients.</param>
    /// <param name="isToGo">Whether a client is to be removed; called on the writer.</param>
    /// <param name="reason">The reason in the event.</param>
    /// <param name="by">The operator who asked for it; null if none did.</param>
    /// <param name="sparesRegistering">Whether a client stays whose registration is not answered yet.</param>
    public Task<int> RemoveAsync(
        string fleet, IReadOnlyList<long> ids, Func<RegisteredClient, bool> isToGo, string reason, FleetOperator? by = null, bool sparesRegistering = false) =>
        writer.ExecuteAsync(new RemoveCommand(fleet, ids, isToGo, reason, by)
        {
            SparesRegistering = sparesRegistering, LeavesTombstones = LeavesTombstones, RecordsPresence = RecordsPresence,
        });

    /// <summary>Removes the clients that are still stale when the writer comes to them; returns how many. A frozen fleet is not pruned.</summary>
    public Task<int> PruneAsync(string fleet, IReadOnlyList<long> ids, FleetOperator? by = null, OperatorActed? act = null) =>
        writer.ExecuteAsync(new RemoveCommand(fleet, ids, IsStale, "stale", by) { Act = act, StopsAtFreeze = true, LeavesTombstones = LeavesTombstones, RecordsPresence = RecordsPresence });

    /// <summary>Brings every fleet into the phase that its time-table has for now.</summary>
    public async Task FollowPhasesAsync()
    {
        var now = time.GetUtcNow();
        foreach (var fleet in Current.Fleets.Where(f => f.Config.PhaseAt(now) != f.Phase).Select(f => f.Config.Name).ToList())
        {
            var (phase, changed) = await writer.ExecuteAsync(new PhaseCommand(fleet));
            if (changed)
                LogPhase(fleet, phase);
        }
    }

    /// <summary>Publishes that a prune of a fleet is held, or with null that none is.</summary>
    public Task HoldAsync(string fleet, HeldPrune? held) => writer.ExecuteAsync(new HoldPruneCommand(fleet, held));

    /// <summary>Time between two readings of an interface. Traffic counts as a sign of life only between two readings, so a short prune_timeout needs frequent ones.</summary>
    public TimeSpan WatchInterval => TimeSpan.FromSeconds(Math.Clamp(config.PruneTimeout.TotalSeconds / 4, 1, 20));

    /// <summary>Reads a fleet's interface, repairs what differs, and notes when clients were heard of.</summary>
    /// <returns>False if the interface did not answer or is new, so that it is unknown which clients are alive.</returns>
    public async Task<bool> ObserveAsync(string fleet, CancellationToken cancellationToken)
    {
        if (!await links[fleet].LookAsync(cancellationToken))
            return false;

        _observed[fleet] = time.GetUtcNow();
        await RecordClonesAsync(fleet);
        if (RecordsPresence)
            await RecordPresenceAsync(fleet, links[fleet]);

        return true;
    }

    /// <summary>Saves the last-seen times that have changed.</summary>
    public async Task SaveActivityAsync()
    {
        var unsaved = Current.Fleets.SelectMany(f => f.ById.Values).Where(c => c.Liveness.TakeUnsaved()).ToList();
        if (unsaved.Count == 0)
            return;

        try
        {
            await Task.Run(() => store.SaveSeen(unsaved.Select(c => c.ToSeen())));
        }
        catch (StoreException e)
        {
            unsaved.ForEach(c => c.Liveness.MarkUnsaved());
            Log.ActivityNotSaved(log, Quantity.Of(unsaved.Count, "client"), e.Message);
        }
    }

    /// <summary>Saves last-seen times, executes the waiting commands, and stops.</summary>
    public async Task StopAsync()
    {
        await SaveActivityAsync();
        await writer.StopAsync();
    }

    public void Dispose() => _restoring.Dispose();

    private async Task RecordPresenceAsync(string fleet, PeerSync link)
    {
        var (now, presence) = (time.GetUtcNow(), new Presence(config.OfflineAfter, link.SessionsLostAt));
        var changed = Current.Fleet(fleet)!.ById.Values.Where(c => presence.Change(c, now) is not null).Select(c => c.Id);
        foreach (var ids in changed.Chunk(BatchSize))
            await writer.ExecuteAsync(new PresenceCommand(fleet, ids, presence));
    }

    /// <summary>Brings a fleet into its phase at a start. Hooks are told of it if it has changed since they were told last.</summary>
    private void EnterPhase(string fleet, Batch batch)
    {
        var last = store.LastEvent(EventTypes.FleetPhaseChanged, fleet) is { } row ? EventJson.FromRow(row) as FleetPhaseChanged : null;
        if (PhaseCommand.Follow(batch, fleet, last?.Phase, last?.Until) is var (phase, changed) && (changed || phase is not null))
            LogPhase(fleet, phase);
    }

    private void LogPhase(string fleet, Phase? phase)
    {
        if (phase is null)
            Log.PhaseOver(log, fleet);
        else
            Log.PhaseBegan(log, fleet, phase.Text);
    }

    private bool LeavesTombstones => config.TombstoneKeep > TimeSpan.Zero;
}
