using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Exec;
using WgFleet.Testing;

namespace WgFleet.Benchmarks.Costs;

/// <summary>Bytes of our memory for the output of a hook's program, compared with the bytes that the program writes: the output is not kept.</summary>
internal static class OutputCost
{
    private const int Written = 100_000_000;

    public static async Task<Cost> MeasureAsync(CancellationToken cancellationToken)
    {
        using var folder = new ExecFolder();
        var e = new World().Add().Events[0];
        var attempt = new DeliveryAttempt(e, EventEnvelope.Write(e, "example.test"), 1);
        var config = new ExecConfig { Command = folder.Script($"head -c {Written} /dev/zero"), User = ExecFolder.User };
        var delivery = new ExecDelivery("bench", config, TimeProvider.System, NullLogger.Instance);

        // All threads: the output is read on others.
        var before = GC.GetTotalAllocatedBytes();
        var outcome = await delivery.DeliverAsync(attempt, cancellationToken);
        var allocated = GC.GetTotalAllocatedBytes() - before;
        return outcome.Verdict == DeliveryVerdict.Delivered
            ? new Cost("bytes of program output", allocated, Written)
            : throw new InvalidOperationException($"the program did not run: {outcome}");
    }
}
