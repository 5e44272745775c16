using System.Reflection;
using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Handlers;
using WgFleet.Hooks.Projections;

namespace WgFleet.Hooks.Discovery;

/// <summary>All hooks there are, found once at start by their attribute: what runs, in which order, and why a candidate does not.</summary>
internal sealed partial class HookCatalog
{
    private HookCatalog(IReadOnlyList<HookSummary> listings, IReadOnlyList<Handler> handlers, IReadOnlyList<Projection> projections, IReadOnlyList<Sink> outlets, IReadOnlyList<HookDisposer> ends, IReadOnlyList<string> problems)
    {
        Listings = listings;
        Handlers = handlers;
        Projections = projections;
        Outlets = outlets;
        Ends = ends;
        Problems = problems;
    }

    /// <summary>Every class that carries [Hook]: the active ones in running order, then the others by name.</summary>
    public IReadOnlyList<HookSummary> Listings { get; }

    /// <summary>The active handlers in running order.</summary>
    public IReadOnlyList<Handler> Handlers { get; }

    /// <summary>The active projections in running order.</summary>
    public IReadOnlyList<Projection> Projections { get; }

    /// <summary>The active programs and endpoints in running order.</summary>
    public IReadOnlyList<Sink> Outlets { get; }

    /// <summary>Whether an active one asks to be told who comes online and goes offline.</summary>
    public bool AsksForPresence => Listings.Any(l => l.Status is not null && l.Events.Any(EventTypes.IsOnRequest));

    /// <summary>How the active ones that hold something are disposed of, in running order.</summary>
    public IReadOnlyList<HookDisposer> Ends { get; }

    /// <summary>What the server does not start with, each as the sentence an operator reads: names used twice, entries of hooks.list that no hook has.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Finds the hooks of <paramref name="assemblies"/> and makes one object of each that is to run.</summary>
    public static HookCatalog Load(IEnumerable<Assembly> assemblies, HooksConfig config, IServiceProvider services, TimeProvider time, ILoggerFactory logs) =>
        Load(assemblies.SelectMany(a => a.GetTypes()), config, services, time, logs);

    /// <summary>The same of single classes; those without [Hook] are passed over.</summary>
    public static HookCatalog Load(IEnumerable<Type> types, HooksConfig config, IServiceProvider services, TimeProvider time, ILoggerFactory logs)
    {
        var log = logs.CreateLogger<HookCatalog>();
        var found = HookDiscovery.Find(types, config);
        var listings = new List<HookSummary>();
        var inactive = new List<HookSummary>();
        var handlers = new List<Handler>();
        var projections = new List<Projection>();
        var outlets = new List<Sink>();
        var ends = new List<HookDisposer>();
        foreach (var plugin in found.NotLoaded)
        {
            Log.Inactive(log, LogLevel.Warning, plugin.Name, plugin.Path, plugin.Inactive!);
            inactive.Add(plugin.Listing());
        }

        foreach (var candidate in found.All)
        {
            var why = found.WhyNot(candidate);
            var hook = why is null ? Build(candidate, services, log, out why) : null;
            if (hook is null)
            {
                Log.Inactive(log, candidate.IsMeantToRun ? LogLevel.Warning : LogLevel.Information, candidate.Name, candidate.Source, why!);
                inactive.Add(candidate.Listing() with { Inactive = why });
                continue;
            }

            var status = new HookStatus();
            var hookLog = logs.CreateLogger("WgFleet.Hooks." + candidate.Name);
            var runner = new HookRunner(candidate.Name, candidate.Timeout, status, time, hookLog);
            if (hook is IDelivery delivery)
                outlets.Add(new Sink(candidate.Name, delivery, candidate.Config!, status, hookLog));
            else if (hook is IProjection projection)
                projections.Add(new Projection(candidate.Name, Kept(projection, candidate.Config), runner, candidate.MinInterval, candidate.Await, candidate.NamedOnly, candidate.Settings, status, hookLog));
            else
                handlers.Add(new Handler(candidate.Name, candidate.MaxAttempts, candidate.Config?.Start ?? HookStart.Now, runner, HookReflection.Calls(hook), candidate.Settings, status, hookLog) { Config = candidate.Config });

            if (hook is IDisposable or IAsyncDisposable)
                ends.Add(new HookDisposer(candidate.Name, hook, runner, time, hookLog));

            listings.Add(candidate.Listing() with { Position = listings.Count + 1, Status = status });
            Log.Registered(log, candidate.Name, candidate.Kind, candidate.Source);
        }

        foreach (var row in listings)
            Log.Running(log, row.Position!.Value, row.Name, row.Kind, string.Join(", ", row.Events), row.Timeout.TotalSeconds, row.Await ? ", awaited" : "");

        if (found.Missing.Count > 0)
            Log.Unknown(log, string.Join("', '", found.Missing));

        return new HookCatalog(
            [.. listings, .. inactive.OrderBy(l => l.Name, StringComparer.Ordinal)],
            handlers, projections, outlets, ends, [.. found.Problems.Select(p => p.ToString())]);
    }

    private static IProjection Kept(IProjection projection, HookConfig? config) =>
        config?.Fleets is null ? projection : new FollowedFleets(projection, config);

    private static object? Build(HookDescriptor candidate, IServiceProvider services, ILogger log, out string? why)
    {
        why = null;
        try
        {
            return candidate.Make(services);
        }
        catch (Exception e)
        {
            var cause = e;
            while (cause is TargetInvocationException or TypeInitializationException && cause.InnerException is { } inner)
                cause = inner;

            why = $"it cannot be built: {cause.Message}";
            Log.CannotBuild(log, candidate.Name, cause.Message, cause);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Registered hook {Hook}, a {Kind}: {Source}")]
        public static partial void Registered(ILogger log, string hook, string kind, string? source);

        [LoggerMessage(2, LogLevel.Information, "Hook {Position}: {Hook}, {Kind} of {Events}, timeout {Seconds:0.###} s{Awaited}")]
        public static partial void Running(ILogger log, int position, string hook, string kind, string events, double seconds, string awaited);

        [LoggerMessage(EventId = 3, Message = "Hook {Hook} ({Source}) is not active: {Reason}")]
        public static partial void Inactive(ILogger log, LogLevel level, string hook, string? source, string reason);

        [LoggerMessage(5, LogLevel.Warning, "hooks.list names '{Hooks}', and there is no such hook; it may be in a plugin that is not loaded")]
        public static partial void Unknown(ILogger log, string hooks);

        [LoggerMessage(4, LogLevel.Error, "Hook {Hook} cannot be built: {Error}")]
        public static partial void CannotBuild(ILogger log, string hook, string error, Exception exception);
    }
}
