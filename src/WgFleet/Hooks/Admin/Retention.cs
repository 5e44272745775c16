using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks.Admin;

/// <summary>Deletes events, deliveries and tombstones that are older or more than configured, every ten minutes.</summary>
internal sealed partial class Retention(RetentionStore history, HookSet hooks, ServerConfig config, TimeProvider time, ILogger<Retention> log)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Pause between two transactions, so that other writes get their turn.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Maximum number of rows per transaction.</summary>
    public const int Portion = 500;

    private readonly RetainConfig _keep = config.Hooks.Retain;
    private readonly List<string> _active = [.. hooks.Active.OfType<EventHook>().Select(h => h.Name)];

    /// <summary>Deletes once what is too old or too much.</summary>
    /// <exception cref="StoreException">The database cannot be written.</exception>
    public async Task DeleteOldAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await InPortionsAsync(long.MaxValue, limit => history.Clamp(now, limit), cancellationToken);
        var deliveries = await InPortionsAsync(long.MaxValue, limit => Forget(history.DeleteEnded(now - _keep.Deliveries, limit)), cancellationToken);
        var events = await InPortionsAsync(long.MaxValue, limit => history.DeleteEvents(now - _keep.Events, now, _active, limit), cancellationToken);

        await InPortionsAsync(long.MaxValue, limit => history.DeleteTombstones(now - config.TombstoneKeep, limit), cancellationToken);

        var excess = history.Excess(_keep.MaxRows);
        deliveries += await InPortionsAsync(excess.Deliveries, limit => Forget(history.DeleteOldestEnded(limit)), cancellationToken);
        events += await DropAsync(excess.Events, cancellationToken);
        if (events + deliveries > 0)
            Log.Deleted(log, Quantity.Of(events, "event"), Quantity.Of(deliveries, "delivery", "deliveries"));
    }

    /// <summary>Tells the hooks how many of their dead letters were deleted; returns how many deliveries were, dead or not.</summary>
    private int Forget(DeletedDeliveries deleted)
    {
        foreach (var (name, count) in deleted.Dead)
            (hooks.Find(name) as EventHook)?.Worker.ForgetDead(count);

        return deleted.Count;
    }

    private async Task<long> DropAsync(long excess, CancellationToken cancellationToken)
    {
        var (waiting, unseen) = (0, 0);
        var gone = await InPortionsAsync(
            excess,
            limit =>
            {
                // Each event may take a delivery of every hook along.
                var portion = history.DeleteOldestEvents(_active, (limit + _active.Count) / (1 + _active.Count));
                foreach (var hook in hooks.Active.OfType<EventHook>())
                    hook.Worker.Forget(portion.UpTo);

                waiting += portion.Waiting;
                unseen += portion.Unseen;
                return portion.Events;
            },
            cancellationToken);
        if (waiting + unseen > 0)
            Log.Dropped(log, Quantity.Of(waiting, "pending delivery", "pending deliveries"), Quantity.Of(unseen, "event"), _keep.MaxRows);

        return gone;
    }

    private async Task<long> InPortionsAsync(long most, Func<int, int> delete, CancellationToken cancellationToken)
    {
        long gone = 0;
        while (gone < most)
        {
            var portion = delete((int)Math.Min(Portion, most - gone));
            if (portion == 0)
                break;

            gone += portion;
            await Task.Delay(Pause, time, cancellationToken);
        }

        return gone;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Retention: deleted {Events} and {Deliveries}")]
        public static partial void Deleted(ILogger log, string events, string deliveries);

        [LoggerMessage(2, LogLevel.Warning, "Deleted {Waiting}, and {Unseen} that a hook had not had yet, because there were more than {MaxRows} events (hooks.retain.max_rows)")]
        public static partial void Dropped(ILogger log, string waiting, string unseen, int maxRows);
    }
}
