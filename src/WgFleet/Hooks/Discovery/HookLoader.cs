using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Handlers;
using WgFleet.Hooks.Projections;

namespace WgFleet.Hooks.Discovery;

/// <summary>Creates the hooks that discovery has found, and logs the order in which they run and why a hook does not run.</summary>
internal static partial class HookLoader
{
    /// <param name="found">The hooks.</param>
    /// <param name="awaitTimeout">The longest that a response waits for awaited projections.</param>
    /// <param name="services">The services that all hooks share.</param>
    /// <param name="injected">The services for the constructors of hooks.</param>
    public static HookSet Load(HookDiscovery found, TimeSpan awaitTimeout, HookServices services, IServiceProvider injected)
    {
        var log = services.Logs.CreateLogger(typeof(HookLoader));
        var active = new List<Hook>();
        var inactive = new List<HookDefinition>();
        var loop = new HandlerLoop(services);
        foreach (var definition in found.All)
        {
            var numbered = definition with { Position = active.Count + 1 };
            var (hook, why) = definition.Inactive is { } reason ? (null, reason) : Create(numbered, loop, services, injected, log);
            if (hook is not null)
            {
                active.Add(hook);
                Log.Registered(log, hook.Name, definition.KindName, definition.Source);
                continue;
            }

            inactive.Add(definition with { Position = null, Inactive = why });
            Log.Inactive(log, definition.IsMeantToRun ? LogLevel.Warning : LogLevel.Information, definition.Name, definition.Source, why!);
        }

        foreach (var hook in active.Select(h => h.Definition))
            Log.Running(log, hook.Position!.Value, hook.Name, hook.KindName, string.Join(", ", hook.Events), hook.Timeout.TotalSeconds, hook.Await ? ", awaited" : "");

        return new HookSet(active, [.. inactive.OrderBy(h => h.Name, StringComparer.Ordinal)], [.. found.Problems.Select(p => p.ToString())], awaitTimeout, services);
    }

    private static (Hook? Hook, string? Why) Create(HookDefinition definition, HandlerLoop loop, HookServices services, IServiceProvider injected, ILogger log)
    {
        object code;
        try
        {
            code = definition.Create!(injected);
        }
        catch (Exception e)
        {
            var cause = e is TypeInitializationException { InnerException: { } inner } ? inner : e;
            Log.NotCreated(log, definition.Name, cause.Message, cause);
            return (null, $"it cannot be created: {cause.Message}");
        }

        return (code switch
        {
            IDelivery receiver => new DeliveryHook(definition, receiver, services),
            IProjection projection => new ProjectionHook(definition, projection, services),
            _ => new HandlerHook(definition, code, loop, services),
        }, null);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Registered hook {Hook}, a {Kind}: {Source}")]
        public static partial void Registered(ILogger log, string hook, string kind, string source);

        [LoggerMessage(2, LogLevel.Information, "Hook {Position}: {Hook}, {Kind} of {Events}, timeout {Seconds:0.###} s{Awaited}")]
        public static partial void Running(ILogger log, int position, string hook, string kind, string events, double seconds, string awaited);

        [LoggerMessage(EventId = 3, Message = "Hook {Hook} ({Source}) is not active: {Reason}")]
        public static partial void Inactive(ILogger log, LogLevel level, string hook, string source, string reason);

        [LoggerMessage(4, LogLevel.Error, "Hook {Hook} cannot be created: {Error}")]
        public static partial void NotCreated(ILogger log, string hook, string error, Exception exception);
    }
}
