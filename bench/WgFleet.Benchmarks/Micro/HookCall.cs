using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Handlers;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Metrics;

namespace WgFleet.Benchmarks.Micro;

/// <summary>
/// What it costs to bring an event to a handler that does nothing: its turn, a thread of the pool, a time limit, its health and the
/// metrics, which somebody listens to. The figure is for one call: a flat column over the numbers of handlers means that the whole is linear.
/// </summary>
public class HookCall
{
    private const int Calls = 100_000;

    // As in a server, somebody listens.
    private static readonly MetricsCollector Collector = new();

    private readonly ClientAdded _event = new(Crowd.Of(1).ToState().Clients.Single()) { Stamp = new("evt_1", 1, DateTimeOffset.UtcNow) };
    private HandlerHook[] _handlers = [];

    /// <summary>How many handlers get each event.</summary>
    [Params(1, 10, 100)]
    public int Handlers { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        Collector.Text();
        var time = TimeProvider.System;
        var latest = new LatestState();
        latest.Set(Crowd.Of(1));

        // Without a database: nothing is written for a call that succeeds.
        var services = new HookServices(
            "example.net", new EventLog(null!, null!, NullLogger<EventLog>.Instance), null!, latest, new FileReplacer(time),
            new Supervisor(time, NullLogger<Supervisor>.Instance), time, NullLoggerFactory.Instance);
        var loop = new HandlerLoop(services);
        _handlers = [.. Enumerable.Range(0, Handlers).Select(number =>
        {
            var definition = new HookDefinition
            {
                Name = $"handler-{number}", Kind = HookKind.Handler, Origin = HookOrigin.BuiltIn, Source = "", Timeout = TimeSpan.FromSeconds(10),
                MaxAttempts = 5,
                Calls = new Dictionary<Type, HandlerCall>
                {
                    [typeof(ClientAdded)] = (hook, e, context, token) => ((IHook<ClientAdded>)hook).HandleAsync((ClientAdded)e, context, token),
                },
            };
            return new HandlerHook(definition, new Nothing(), loop, services);
        })];
    }

    [Benchmark(Description = "one call of a handler", OperationsPerInvoke = Calls)]
    public async Task Call()
    {
        for (var i = 0; i < Calls / Handlers; i++)
        {
            foreach (var handler in _handlers)
                await handler.HandleAsync(_event, CancellationToken.None);
        }
    }

    private sealed class Nothing : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
