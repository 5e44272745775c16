using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Handlers;
using WgFleet.Hooks.Projections;
using WgFleet.Metrics;

namespace WgFleet.Benchmarks.Micro;

/// <summary>
/// What it costs to bring an event to a handler that does nothing: its own thread, a time limit, isolation, its status and
/// the metrics, which somebody listens to. The figure is for one call, so a flat column over the numbers of handlers means
/// that the whole is linear.
/// </summary>
public class HookCall
{
    private const int Calls = 100_000;

    // As in a server, somebody listens.
    private static readonly MetricsCollector Collector = new();

    private readonly LatestState _latest = new();
    private readonly ClientAdded _event = new(Crowd.Of(1).ToState().Clients.Single()) { Id = "evt_1", Sequence = 1, Time = DateTimeOffset.UtcNow };
    private HandlerPlace[] _places = [];

    /// <summary>How many handlers get each event.</summary>
    [Params(1, 10, 100)]
    public int Handlers { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        Collector.Text();
        _latest.Set(Crowd.Of(1));
        _places = [.. Enumerable.Range(0, Handlers).Select(Place)];
    }

    [Benchmark(Description = "one call of a handler", OperationsPerInvoke = Calls)]
    public Task Call() => new HandlerWorker(_places, _latest, TimeProvider.System, NullLogger<HandlerWorker>.Instance)
        .RunAsync(Events(Calls / Handlers), CancellationToken.None);

    private HandlerPlace Place(int number)
    {
        var name = $"handler-{number}";
        var status = new HookStatus();
        var runner = new HookRunner(name, TimeSpan.FromSeconds(10), status, TimeProvider.System, NullLogger.Instance);
        var handler = new Handler(name, 5, HookStart.Now, runner, HookReflection.Calls(new Nothing()), new Dictionary<string, string>(), status, NullLogger.Instance);
        var retries = new DeliveryWorker(
            name, new HandlerDelivery(handler, _latest), 1, "example.net", null!, null!, null, TimeProvider.System, NullLogger.Instance);
        return new HandlerPlace(handler, retries, 0);
    }

    private async IAsyncEnumerable<FleetEvent> Events(int count)
    {
        await Task.CompletedTask;
        for (var i = 0; i < count; i++)
            yield return _event;
    }

    private sealed class Nothing : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
