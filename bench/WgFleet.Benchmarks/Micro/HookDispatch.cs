using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Hooks;
using WgFleet.Registry;

namespace WgFleet.Benchmarks.Micro;

/// <summary>What it costs to hand an event to handlers that do nothing.</summary>
public class HookDispatch
{
    private const int Events = 1_000;

    private readonly List<FleetEvent> _events = [];
    private HandlerLane _lane = null!;

    /// <summary>How many handlers there are.</summary>
    [Params(1, 10)]
    public int Handlers { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var snapshot = Crowd.Of(10_000);
        var latest = new LatestState();
        latest.Set(snapshot);

        var settings = new Dictionary<string, string>();
        var calls = new Dictionary<Type, HandlerCall> { [typeof(ClientAdded)] = (_, _, _) => ValueTask.CompletedTask };
        var handlers = Enumerable.Range(0, Handlers).Select(i =>
        {
            var status = new HookStatus();
            var runner = new HookRunner($"hook{i}", TimeSpan.FromSeconds(10), status, TimeProvider.System, NullLogger.Instance);
            return new Handler($"hook{i}", runner, calls, settings, status, NullLogger.Instance);
        }).ToList();
        _lane = new HandlerLane(handlers, latest, TimeProvider.System, NullLogger<HandlerLane>.Instance);

        var client = snapshot.Fleets[0].ById[1].ToClient(snapshot.Domain);
        for (var i = 0; i < Events; i++)
            _events.Add(new ClientAdded(client) { Id = "evt", Sequence = i, Time = client.RegisteredAt });
    }

    [Benchmark(OperationsPerInvoke = Events, Description = "an event to all handlers")]
    public Task Dispatch() => _lane.RunAsync(_events.ToAsyncEnumerable(), CancellationToken.None);
}
