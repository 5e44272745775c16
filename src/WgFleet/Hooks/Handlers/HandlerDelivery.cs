using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Projections;

namespace WgFleet.Hooks.Handlers;

/// <summary>Calls a handler again for an event it failed on.</summary>
internal sealed class HandlerDelivery(Handler handler, LatestState latest) : IDelivery
{
    private static readonly TimeSpan[] Delays =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10)];

    private readonly HandlerVisit _visit = new(handler, latest);

    public async Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        if (handler.Status.Stuck)
            return new(DeliveryVerdict.Busy);

        if (handler.CallFor(attempt.Event) is not { } call)
            return new(DeliveryVerdict.Delivered);

        var (error, _) = await _visit.RunAsync(attempt.Event, call, attempt.Number, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return error is null ? new(DeliveryVerdict.Delivered) : new(DeliveryVerdict.Retry) { Error = error.Message };
    }

    public TimeSpan? DelayBefore(int attempt) => attempt > handler.MaxAttempts ? null : Delays[Math.Min(attempt - 2, Delays.Length - 1)];
}
