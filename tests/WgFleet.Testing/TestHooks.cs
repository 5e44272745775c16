using System.Reflection;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Store;

namespace WgFleet.Testing;

/// <summary>Creates hooks as the server does.</summary>
internal static class TestHooks
{
    /// <summary>The hooks of these classes and of a configuration. Without a store they can be read, but not started.</summary>
    public static HookSet Load(IEnumerable<Type> types, HooksConfig config, IServiceProvider injected, TimeProvider time, ILoggerFactory logs, HookStore? store = null, EventQueries? queries = null) =>
        HookLoader.Load(HookDiscovery.Find(ReflectedHooks.Among(types), config), config.AwaitTimeout, Services(time, logs, store, queries), injected);

    /// <inheritdoc cref="Load(IEnumerable{Type}, HooksConfig, IServiceProvider, TimeProvider, ILoggerFactory, HookStore?, EventQueries?)"/>
    public static HookSet Load(IEnumerable<Assembly> assemblies, HooksConfig config, IServiceProvider injected, TimeProvider time, ILoggerFactory logs, HookStore? store = null, EventQueries? queries = null) =>
        Load(assemblies.SelectMany(a => a.GetTypes()), config, injected, time, logs, store, queries);

    /// <summary>The services of hooks, with a store of the caller.</summary>
    public static HookServices Services(TimeProvider time, ILoggerFactory logs, HookStore? store, EventQueries? queries = null) => new(
        "example.test",
        new EventLog(store!, queries!, logs.CreateLogger<EventLog>()),
        store!,
        new LatestState(),
        new FileReplacer(TimeProvider.System),
        new Supervisor(time, logs.CreateLogger<Supervisor>()),
        time,
        logs);
}
