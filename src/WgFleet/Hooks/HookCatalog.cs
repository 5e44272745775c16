using System.Reflection;
using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Plugins;

namespace WgFleet.Hooks;

/// <summary>All hooks there are, found once at start by their attribute: what runs, in which order, and why a candidate does not.</summary>
internal sealed partial class HookCatalog
{
    private HookCatalog(IReadOnlyList<HookListing> listings, IReadOnlyList<Handler> handlers, IReadOnlyList<Projection> projections, IReadOnlyList<Outlet> outlets, IReadOnlyList<string> problems)
    {
        Listings = listings;
        Handlers = handlers;
        Projections = projections;
        Outlets = outlets;
        Problems = problems;
    }

    /// <summary>Every class that carries [Hook]: the active ones in running order, then the others by name.</summary>
    public IReadOnlyList<HookListing> Listings { get; }

    /// <summary>The active handlers in running order.</summary>
    public IReadOnlyList<Handler> Handlers { get; }

    /// <summary>The active projections in running order.</summary>
    public IReadOnlyList<Projection> Projections { get; }

    /// <summary>The active programs and endpoints in running order.</summary>
    public IReadOnlyList<Outlet> Outlets { get; }

    /// <summary>What the server does not start with, each as the sentence an operator reads: names used twice, entries of hooks.list that no hook has.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Finds the hooks of <paramref name="assemblies"/> and makes one object of each that is to run.</summary>
    public static HookCatalog Load(IEnumerable<Assembly> assemblies, HooksConfig config, IServiceProvider services, TimeProvider time, ILoggerFactory logs) =>
        Load(assemblies.SelectMany(a => a.GetTypes()), config, services, time, logs);

    /// <summary>The same of single classes; those without [Hook] are passed over.</summary>
    public static HookCatalog Load(IEnumerable<Type> types, HooksConfig config, IServiceProvider services, TimeProvider time, ILoggerFactory logs)
    {
        var log = logs.CreateLogger<HookCatalog>();
        var plugins = PluginFolder.Load(config.Plugins, Interop.EffectiveUser);
        var candidates = types
            .Where(t => t.IsDefined(typeof(HookAttribute), inherit: false))
            .Select(t => new HookCandidate(t, config))
            .Concat(plugins.SelectMany(p => p.Hooks.Select(t => new HookCandidate(t, config, p.Path))))
            .Concat(OutletSource.Find(config).Select(o => new HookCandidate(o.Config, o.Source, o.Order, o.WhyNot, config)))
            .Concat(config.List.Where(h => h.Template is not null).Select(h => new HookCandidate(h, config)))
            .OrderBy(c => c.ListPosition).ThenBy(c => c.Attribute.Order).ThenBy(c => c.Name, StringComparer.Ordinal).ThenBy(c => c.Source, StringComparer.Ordinal)
            .ToList();

        var listings = new List<HookListing>();
        var inactive = new List<HookListing>();
        var handlers = new List<Handler>();
        var projections = new List<Projection>();
        var outlets = new List<Outlet>();
        foreach (var plugin in plugins.Where(p => p.Inactive is not null))
        {
            Log.Inactive(log, LogLevel.Warning, plugin.Name, plugin.Path, plugin.Inactive!);
            inactive.Add(plugin.Listing());
        }

        foreach (var candidate in candidates)
        {
            var twins = candidates.Where(c => c != candidate && c.Name == candidate.Name).Select(c => c.Source).ToList();
            var why = twins.Count > 0 ? $"its name is also that of {string.Join(" and ", twins)}" : candidate.WhyNot();
            var hook = why is null ? Build(candidate, services, log, out why) : null;
            if (hook is null)
            {
                Log.Inactive(log, candidate.Enabled ? LogLevel.Warning : LogLevel.Information, candidate.Name, candidate.Source, why!);
                inactive.Add(candidate.Listing() with { Inactive = why });
                continue;
            }

            var status = new HookStatus();
            var hookLog = logs.CreateLogger("WgFleet.Hooks." + candidate.Name);
            var runner = new HookRunner(candidate.Name, candidate.Timeout, status, time, hookLog);
            if (hook is IDelivery delivery)
                outlets.Add(new Outlet(candidate.Name, delivery, candidate.Config!, status, hookLog));
            else if (hook is IProjection projection)
                projections.Add(new Projection(candidate.Name, projection, runner, candidate.MinInterval, candidate.Await, candidate.Settings, status, hookLog));
            else
                handlers.Add(new Handler(candidate.Name, candidate.MaxAttempts, candidate.Config?.Start ?? HookStart.Now, runner, HookKind.Calls(hook), candidate.Settings, status, hookLog));

            listings.Add(candidate.Listing() with { Position = listings.Count + 1, Status = status });
            Log.Registered(log, candidate.Name, candidate.Kind, candidate.Source);
        }

        foreach (var row in listings)
            Log.Running(log, row.Position!.Value, row.Name, row.Kind, string.Join(", ", row.Events), row.Timeout.TotalSeconds, row.Await ? ", awaited" : "");

        // What the list names may be in a plugin that is not loaded, and that stops no server.
        var unknown = config.List.Where(h => candidates.TrueForAll(c => c.Name != h.Name)).Select(h => h.Name).ToList();
        if (unknown.Count > 0 && plugins.Any(p => p.Inactive is not null))
        {
            Log.Unknown(log, string.Join("', '", unknown));
            unknown = [];
        }

        return new HookCatalog(
            [.. listings, .. inactive.OrderBy(l => l.Name, StringComparer.Ordinal)],
            handlers, projections, outlets, [.. ProblemsOf(candidates, config, unknown)]);
    }

    private static object? Build(HookCandidate candidate, IServiceProvider services, ILogger log, out string? why)
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

    private static IEnumerable<string> ProblemsOf(List<HookCandidate> candidates, HooksConfig config, IReadOnlyCollection<string> unknown)
    {
        foreach (var twins in candidates.GroupBy(c => c.Name).Where(g => g.Count() > 1))
            yield return $"hook name '{twins.Key}' is used by {string.Join(" and ", twins.Select(c => c.Source))}; rename one";

        foreach (var entry in config.List)
        {
            var candidate = candidates.Find(c => c.Name == entry.Name);
            if (candidate is null && unknown.Contains(entry.Name))
                yield return $"hooks.list names '{entry.Name}', and there is no such hook; there are: {string.Join(", ", candidates.Select(c => c.Name).Distinct())}";
            else if (candidate?.Kind == HookCandidate.HandlerKind && (entry.Await == true || entry.MinInterval is not null))
                yield return $"hooks.list: '{entry.Name}' is a handler; await and min_interval are for projections";
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
