using System.Threading.Channels;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Tunnels;

namespace WgFleet.Fleets;

/// <summary>
/// The one writer: takes all commands that wait as one batch, decides it in memory, commits it in one transaction, publishes the snapshot and
/// answers the callers. It passes changes of peers to the fleets and never waits for WireGuard: <see cref="PeerAnswers"/> answers the callers
/// that need WireGuard.
/// </summary>
internal sealed partial class Writer(
    FleetStore store, IReadOnlyDictionary<string, PeerSync> links, Supervisor supervisor, TimeProvider time, ILogger<Writer> log)
{
    /// <summary>Limits how long commands wait while a batch is being written.</summary>
    private const int MaxBatch = 512;

    private readonly Channel<RegistryCommand> _queue = Channel.CreateUnbounded<RegistryCommand>(new() { SingleReader = true });
    private readonly Dictionary<string, HostnameHints> _hints = links.Keys.ToDictionary(name => name, _ => new HostnameHints());
    private readonly List<Part> _workers = [];
    private PeerAnswers? _answers;
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
        _answers = new PeerAnswers(ExecuteAsync, log);
        _workers.AddRange(links.Select(link => supervisor.Run($"tunnel:{link.Key}", (part, stopping) => link.Value.RunAsync(part, Repaired(link.Key), stopping))));
        _loop = supervisor.Run("writer", RunAsync);
    }

    public Task<T> ExecuteAsync<T>(RegistryCommand<T> command)
    {
        if (!_queue.Writer.TryWrite(command))
            command.Failed(new OperationCanceledException("the server is stopping"));

        return command.Answer;
    }

    /// <summary>Executes the waiting commands, queues their changes of peers, and ends.</summary>
    public async Task StopAsync()
    {
        if (_loop is null)
            return;

        _loop.LetEnd();
        _queue.Writer.TryComplete();
        await _loop.Ended;
        await Task.WhenAll(links.Values.Select(link => link.SettledAsync()));
        await Task.WhenAll(_workers.Select(worker => worker.DisposeAsync().AsTask()));
    }

    private Action<string> Repaired(string fleet) => reason => _ = ExecuteAsync(new RepairedCommand(fleet, reason)).ContinueWith(
        static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

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
                Execute(commands);
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
                Log.BatchFailed(log, Quantity.Of(commands.Count, "change"), e);
                ForgetHints();
                commands.ForEach(command => command.Failed(e));
            }
        }
    }

    private void Execute(List<RegistryCommand> commands)
    {
        var batch = new Batch(
            Current, time.GetUtcNow(), fleet => _hints[fleet], fleet => links.TryGetValue(fleet, out var link) && link.IsDown, _answers!.IsRegistering, _lastId);
        var decided = Decide(commands, batch);
        if (!batch.Rows.IsEmpty && !TryCommit(batch, decided))
            return;

        try
        {
            Publish(batch, decided);
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
            Log.CommitFailed(log, Quantity.Of(decided.Count, "change"), e.Message);
            ForgetHints();
            decided.ForEach(command => command.Failed(e));
            return false;
        }
    }

    /// <summary>Publishes a batch that is committed: to readers, hooks, WireGuard and callers.</summary>
    private void Publish(Batch batch, List<RegistryCommand> decided)
    {
        foreach (var (token, uses) in batch.Uses)
            token.Count(uses);

        _lastId = batch.LastId;
        if (batch.HasChanges)
        {
            _current = batch.ToSnapshot();
            if (batch.Events.Count > 0)
                Changed?.Invoke(new Change(batch.Events, Current) { Rows = batch.Rows.Events });
        }

        // No caller is answered, and no peer is set, before the change is visible.
        var waits = batch.Waits.ToLookup(w => w.Fleet);
        foreach (var (name, fleet) in batch.Fleets.Where(f => f.Value.PeerChanges.Count > 0 || (batch.Rows.Tagged.Count > 0 && f.Value.Before.Config.Isolation is not null)))
        {
            var job = new PeerJob(Current.Fleet(name)!, fleet.PeerChanges);
            _answers!.Expect(job, [.. waits[name]]);
            links[name].Submit(job);
        }

        foreach (var (client, command) in batch.Joins)
            _answers!.Join(client, command);

        var later = batch.Waits.Select(w => w.Command).Concat(batch.Joins.Select(j => j.Command)).ToHashSet();
        foreach (var command in decided.Where(c => !later.Contains(c)))
            command.Done();
    }

    private void ForgetHints()
    {
        foreach (var hints in _hints.Values)
            hints.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The database refused a batch of {Changes}, nothing was changed: {Reason}")]
        public static partial void CommitFailed(ILogger log, string changes, string reason);

        [LoggerMessage(3, LogLevel.Critical, "A batch of {Changes} failed in a way that should not be possible; please report this")]
        public static partial void BatchFailed(ILogger log, string changes, Exception e);
    }
}
