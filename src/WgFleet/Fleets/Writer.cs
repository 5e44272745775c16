using System.Data.Common;
using System.Threading.Channels;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Tunnels;

namespace WgFleet.Fleets;

/// <summary>
/// The one writer: takes whatever waits as one batch, decides it in memory, commits it in one transaction, tells WireGuard
/// in one message per fleet, publishes the snapshot and answers the callers.
/// </summary>
internal sealed partial class Writer(
    FleetStore store, IReadOnlyDictionary<string, PeerSync> links, Supervisor supervisor, TimeProvider time, ILogger<Writer> log)
{
    /// <summary>Bounds the wait of those who come while a batch is under way.</summary>
    private const int MaxBatch = 512;

    private readonly Channel<RegistryCommand> _queue = Channel.CreateUnbounded<RegistryCommand>(new() { SingleReader = true });
    private readonly Dictionary<string, HostnameHints> _hints = links.Keys.ToDictionary(name => name, _ => new HostnameHints());
    private volatile Snapshot? _current;
    private long _lastId;
    private Part? _loop;

    /// <summary>Told of each batch that changed something, on the writer: must not block.</summary>
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

    /// <summary>Finishes what waits and ends.</summary>
    public Task StopAsync()
    {
        _loop?.LetEnd();
        _queue.Writer.TryComplete();
        return _loop?.Ended ?? Task.CompletedTask;
    }

    private async Task RunAsync(Part part, CancellationToken stopping)
    {
        var batch = new List<RegistryCommand>();
        while (await _queue.Reader.WaitToReadAsync(stopping))
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var command))
                batch.Add(command);

            try
            {
                await ExecuteAsync(batch);
                part.Works();
            }
            catch (FatalException e)
            {
                _queue.Writer.TryComplete();
                batch.ForEach(command => command.Failed(e));
                while (_queue.Reader.TryRead(out var command))
                    command.Failed(e);

                throw;
            }
            catch (Exception e)
            {
                // Nothing of it was published. The next batch may fare better.
                Log.BatchFailed(log, batch.Count, e);
                ForgetHints();
                batch.ForEach(command => command.Failed(e));
            }
        }
    }

    private async Task ExecuteAsync(List<RegistryCommand> batch)
    {
        var draft = new Batch(Current, time.GetUtcNow(), fleet => _hints[fleet], _lastId);
        var decided = Decide(batch, draft);

        if (!draft.Rows.IsEmpty && !TryCommit(draft, decided))
            return;

        try
        {
            await PublishAsync(draft, decided);
        }
        catch (Exception e)
        {
            // The database has the batch and nobody was told of it: every number given from here on would be wrong.
            throw new FatalException(
                $"a change is in the database but could not be published ({e.GetType().Name}: {e.Message}); please report this with the lines above, and start the server again", e);
        }
    }

    /// <summary>Tells WireGuard, readers, hooks and callers of a batch that is committed.</summary>
    private async Task PublishAsync(Batch draft, List<RegistryCommand> decided)
    {
        decided.ForEach(command => command.Committed());

        var takenBack = new List<RegisterCommand>();
        foreach (var (name, fleet) in draft.Fleets)
        {
            var link = links[name];
            var agreed = fleet.NeedsRepair ? await link.RepairAsync(fleet)
                : fleet.PeerChanges.Count == 0 || await link.TellAsync(fleet);
            if (!agreed)
                takenBack.AddRange(TakeBack(name, decided, draft));
        }

        _lastId = draft.LastId;
        if (draft.IsSeen)
        {
            _current = draft.ToSnapshot();
            if (draft.Events.Count > 0)
                Changed?.Invoke(new Change(draft.Events, Current) { Rows = draft.Rows.Events });
        }

        // Nobody hears of the batch before it can be seen.
        takenBack.ForEach(command => command.Failed(new TunnelException($"the interface of fleet {command.NeedsTunnel} is down")));
        decided.RemoveAll(takenBack.Contains);
        decided.ForEach(command => command.Done());
    }

    private List<RegistryCommand> Decide(List<RegistryCommand> batch, Batch draft)
    {
        var decided = new List<RegistryCommand>(batch.Count);
        foreach (var command in batch)
        {
            if (command.NeedsTunnel is { } needed && links.TryGetValue(needed, out var link) && link.IsDown)
            {
                command.Failed(new TunnelException($"the interface of fleet {needed} is down"));
                continue;
            }

            try
            {
                command.Decide(draft);
                decided.Add(command);
            }
            catch (RefusedException e)
            {
                command.Failed(e);
            }
        }

        return decided;
    }

    private bool TryCommit(Batch draft, List<RegistryCommand> decided)
    {
        try
        {
            store.Commit(draft.Rows);
            return true;
        }
        catch (DbException e)
        {
            Log.CommitFailed(log, decided.Count, e.Message);
            ForgetHints();
            decided.ForEach(command => command.Failed(e));
            return false;
        }
    }

    /// <summary>Registrations that WireGuard would not have leave nothing behind; nobody has been told of them yet.</summary>
    private List<RegisterCommand> TakeBack(string fleet, List<RegistryCommand> decided, Batch draft)
    {
        // Those that found their client there have nothing to be taken back.
        var registrations = decided.OfType<RegisterCommand>().Where(r => r.NeedsTunnel == fleet && r.Rows.ClientId > _lastId).ToList();
        if (registrations.Count == 0)
            return registrations;

        try
        {
            store.Undo(
                [.. registrations.Select(r => r.Rows.ClientId)], [.. registrations.Select(r => r.Rows.Sequence)], [.. registrations.Select(r => r.Used?.Id).OfType<string>()]);
            registrations.ForEach(r => r.Revert(draft));
        }
        catch (DbException e)
        {
            // The rows stay, so the clients stay in memory too: nobody uses them, they will be pruned.
            Log.UndoFailed(log, registrations.Count, fleet, e.Message);
        }

        return registrations;
    }

    private void ForgetHints()
    {
        foreach (var hints in _hints.Values)
            hints.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The database did not take a batch of {Count} changes, nothing of it was done: {Reason}")]
        public static partial void CommitFailed(ILogger log, int count, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Count} unfinished registrations in fleet {Fleet} could not be taken back, they will be pruned: {Reason}")]
        public static partial void UndoFailed(ILogger log, int count, string fleet, string reason);

        [LoggerMessage(3, LogLevel.Critical, "A batch of {Count} changes failed in a way that should not be possible; please report this")]
        public static partial void BatchFailed(ILogger log, int count, Exception e);
    }
}
