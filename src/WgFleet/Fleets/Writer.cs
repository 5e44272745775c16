using System.Threading.Channels;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Tunnels;

namespace WgFleet.Fleets;

/// <summary>
/// The one writer: takes all waiting commands as one batch, decides it in memory, commits it in one transaction, sends the peers to
/// WireGuard in one message per fleet, publishes the snapshot and answers the callers.
/// </summary>
internal sealed partial class Writer(
    FleetStore store, IReadOnlyDictionary<string, PeerSync> links, Supervisor supervisor, TimeProvider time, ILogger<Writer> log)
{
    /// <summary>Limits how long commands wait while a batch is being written.</summary>
    private const int MaxBatch = 512;

    private readonly Channel<RegistryCommand> _queue = Channel.CreateUnbounded<RegistryCommand>(new() { SingleReader = true });
    private readonly Dictionary<string, HostnameHints> _hints = links.Keys.ToDictionary(name => name, _ => new HostnameHints());
    private volatile Snapshot? _current;
    private long _lastId;
    private Part? _loop;

    /// <summary>Raised for each batch that changed something, on the writer: must not block.</summary>
    public event Action<Change>? Changed;

    public Snapshot Current => _current ?? throw new InvalidOperationException("not started");

    public void Start(Snapshot initial, long lastId)
    {
        _current = initial;
        _lastId = lastId;
        _loop = supervisor.Run("writer", RunAsync);
    }

    public Task<T> ExecuteAsync<T>(RegistryCommand<T> command)
    {
        if (!_queue.Writer.TryWrite(command))
            command.Failed(new OperationCanceledException("the server is stopping"));

        return command.Answer;
    }

    /// <summary>Executes the waiting commands, and stops.</summary>
    public Task StopAsync()
    {
        _loop?.LetEnd();
        _queue.Writer.TryComplete();
        return _loop?.Ended ?? Task.CompletedTask;
    }

    private async Task RunAsync(Part part, CancellationToken stopping)
    {
        var commands = new List<RegistryCommand>();
        while (await _queue.Reader.WaitToReadAsync(stopping))
        {
            commands.Clear();
            while (commands.Count < MaxBatch && _queue.Reader.TryRead(out var command))
                commands.Add(command);

            try
            {
                await ExecuteAsync(commands);
                part.Works();
            }
            catch (FatalException e)
            {
                _queue.Writer.TryComplete();
                commands.ForEach(command => command.Failed(e));
                while (_queue.Reader.TryRead(out var command))
                    command.Failed(e);

                throw;
            }
            catch (Exception e)
            {
                // Nothing of it was published. The next batch may succeed.
                Log.BatchFailed(log, commands.Count, e);
                ForgetHints();
                commands.ForEach(command => command.Failed(e));
            }
        }
    }

    private async Task ExecuteAsync(List<RegistryCommand> commands)
    {
        var batch = new Batch(Current, time.GetUtcNow(), fleet => _hints[fleet], fleet => links.TryGetValue(fleet, out var link) && link.IsDown, _lastId);
        var decided = Decide(commands, batch);
        if (!batch.Rows.IsEmpty && !TryCommit(batch, decided))
            return;

        try
        {
            await PublishAsync(batch, decided);
        }
        catch (Exception e)
        {
            // The database has the batch but memory does not: every later number would be wrong.
            throw new FatalException(
                $"a change is in the database but could not be published ({e.GetType().Name}: {e.Message}); please report this with the lines above, and start the server again", e);
        }
    }

    private static List<RegistryCommand> Decide(List<RegistryCommand> commands, Batch batch)
    {
        var decided = new List<RegistryCommand>(commands.Count);
        foreach (var command in commands)
        {
            try
            {
                command.Decide(batch);
                decided.Add(command);
            }
            catch (Exception e) when (e is RefusedException or TunnelException)
            {
                command.Failed(e);
            }
        }

        return decided;
    }

    private bool TryCommit(Batch batch, List<RegistryCommand> decided)
    {
        try
        {
            store.Commit(batch.Rows);
            return true;
        }
        catch (StoreException e)
        {
            Log.CommitFailed(log, decided.Count, e.Message);
            ForgetHints();
            decided.ForEach(command => command.Failed(e));
            return false;
        }
    }

    /// <summary>Sends a batch that is committed to WireGuard, readers, hooks and callers.</summary>
    private async Task PublishAsync(Batch batch, List<RegistryCommand> decided)
    {
        foreach (var registration in batch.Registrations)
            registration.Token?.Count(1);

        var takenBack = new List<Registration>();
        foreach (var (name, fleet) in batch.Fleets)
        {
            var link = links[name];
            var agrees = fleet.NeedsRepair ? await link.RepairAsync(fleet)
                : fleet.PeerChanges.Count == 0 || await link.ApplyAsync(fleet);
            if (!agrees)
                takenBack.AddRange(TakeBack(name, batch));
        }

        _lastId = batch.LastId;
        if (batch.HasChanges)
        {
            _current = batch.ToSnapshot();
            if (batch.Events.Count > 0)
                Changed?.Invoke(new Change(batch.Events, Current) { Rows = batch.Rows.Events });
        }

        // No caller is answered before its change can be seen.
        foreach (var registration in takenBack)
        {
            registration.Command.Failed(new TunnelException($"the interface of fleet {registration.Client.Fleet} is down"));
            decided.Remove(registration.Command);
        }

        decided.ForEach(command => command.Done());
    }

    /// <summary>Deletes registrations that WireGuard refused; they were not published.</summary>
    private List<Registration> TakeBack(string fleet, Batch batch)
    {
        var registrations = batch.Registrations.Where(r => r.Client.Fleet == fleet).ToList();
        if (registrations.Count == 0)
            return registrations;

        try
        {
            store.Undo(
                [.. registrations.Select(r => r.Client.Id)], [.. registrations.Select(r => r.Sequence)], [.. registrations.Select(r => r.Token?.Id).OfType<string>()]);
        }
        catch (StoreException e)
        {
            // The rows stay, so the clients stay in memory too. No machine uses them, and they will be pruned.
            Log.UndoFailed(log, registrations.Count, fleet, e.Message);
            return registrations;
        }

        batch.Revert(registrations);
        registrations.ForEach(r => r.Token?.Count(-1));
        return registrations;
    }

    private void ForgetHints()
    {
        foreach (var hints in _hints.Values)
            hints.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The database refused a batch of {Count} changes, nothing was changed: {Reason}")]
        public static partial void CommitFailed(ILogger log, int count, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Count} failed registrations in fleet {Fleet} could not be deleted from the database, they will be pruned: {Reason}")]
        public static partial void UndoFailed(ILogger log, int count, string fleet, string reason);

        [LoggerMessage(3, LogLevel.Critical, "A batch of {Count} changes failed in a way that should not be possible; please report this")]
        public static partial void BatchFailed(ILogger log, int count, Exception e);
    }
}
