using WgFleet.Fleets.Commands;
using WgFleet.Hosting;
using WgFleet.Store.Engine;
using WgFleet.Tunnels;

namespace WgFleet.Fleets;

/// <summary>
/// Answers the commands that wait for WireGuard. A client whose peer WireGuard did not set is first removed, by an event, because
/// hooks may have got the event of its registration already. Safe for concurrent use.
/// </summary>
/// <param name="takeBack">Removes clients, as a command of the writer.</param>
/// <param name="log">The log.</param>
internal sealed partial class PeerAnswers(Func<TakeBackCommand, Task<int>> takeBack, ILogger log)
{
    private readonly Lock _gate = new();

    // Clients that are registered but may still be removed, with all commands that wait for them.
    private readonly Dictionary<long, List<RegistryCommand>> _registering = [];

    /// <summary>Whether a client is registered, but its peer is not set yet.</summary>
    public bool IsRegistering(long client)
    {
        lock (_gate)
            return _registering.ContainsKey(client);
    }

    /// <summary>Answers these commands when the job has an outcome.</summary>
    public void Expect(PeerJob job, IReadOnlyList<PeerWait> waits)
    {
        lock (_gate)
        {
            foreach (var wait in waits.Where(w => w.Registers is not null))
                _registering[wait.Registers!.Id] = [wait.Command];
        }

        _ = AnswerAsync(job, waits);
    }

    /// <summary>Gives a command the same answer as the registration of the client; at once if that is answered already.</summary>
    public void Join(long client, RegistryCommand command)
    {
        lock (_gate)
        {
            if (_registering.TryGetValue(client, out var waiting))
            {
                waiting.Add(command);
                return;
            }
        }

        command.Done();
    }

    private async Task AnswerAsync(PeerJob job, IReadOnlyList<PeerWait> waits)
    {
        if (!await job.Outcome)
            await TakeBackAsync(job, [.. waits.Where(w => w.Registers is not null)]);

        var down = job.Outcome.Result ? null : new TunnelException($"the interface of fleet {job.After.Config.Name} is down");
        foreach (var wait in waits)
        {
            foreach (var command in Waiting(wait))
            {
                if (down is not null && wait.NeedsTunnel)
                    command.Failed(down);
                else
                    command.Done();
            }
        }
    }

    private List<RegistryCommand> Waiting(PeerWait wait)
    {
        if (wait.Registers is not { } client)
            return [wait.Command];

        lock (_gate)
            return _registering.Remove(client.Id, out var waiting) ? waiting : [wait.Command];
    }

    private async Task TakeBackAsync(PeerJob job, IReadOnlyList<PeerWait> registrations)
    {
        if (registrations.Count == 0)
            return;

        try
        {
            await takeBack(new TakeBackCommand(job.After.Config.Name, registrations));
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException or Hosting.FatalException)
        {
            // The clients stay registered. No machine has their configuration, so they will be pruned.
            Log.NotTakenBack(log, Quantity.Of(registrations.Count, "failed registration"), job.After.Config.Name, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Registrations} in fleet {Fleet} could not be deleted from the database, and will be pruned: {Reason}")]
        public static partial void NotTakenBack(ILogger log, string registrations, string fleet, string reason);
    }
}
