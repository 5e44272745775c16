using WgFleet.Events;
using WgFleet.Store;

namespace WgFleet.Hooks.Deliveries;

/// <summary>Follows the event log for one hook, and puts the events it wants into its lane.</summary>
internal sealed partial class EventSubscription(string hook, Func<FleetEvent, bool> wants, DeliveryWorker lane, EventLog events, TimeProvider time, ILogger log)
{
    private const int Chunk = 500;

    private long _cursor;

    /// <summary>The number up to which it has taken up what the hook wants.</summary>
    public long Cursor => Volatile.Read(ref _cursor);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(long cursor, CancellationToken stoppingToken)
    {
        Volatile.Write(ref _cursor, cursor);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await events.WaitAsync(cursor, stoppingToken);
                var found = events.After(cursor, Chunk);
                if (found.Count == 0)
                {
                    cursor = events.Head;
                    Volatile.Write(ref _cursor, cursor);
                    continue;
                }

                lane.Add([.. found.Where(wants).Select(Row)], found[^1].Sequence);
                cursor = found[^1].Sequence;
                Volatile.Write(ref _cursor, cursor);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The database, most likely. The cursor has not moved, so nothing is lost by waiting.
                Log.Failed(log, hook, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(5), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private DeliveryRow Row(FleetEvent e) => new()
    {
        Hook = hook,
        Seq = e.Sequence,
        Subject = EventJson.SubjectOf(e),
        State = DeliveryRow.Pending,
        Replayed = e.Replayed,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Hook {Hook} cannot take up new events, trying again in 5 s: {Reason}")]
        public static partial void Failed(ILogger log, string hook, string reason);
    }
}
