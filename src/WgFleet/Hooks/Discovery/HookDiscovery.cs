using WgFleet.Config;
using WgFleet.Config.Yaml;
using WgFleet.Hooks.Plugins;
using WgFleet.Linux;

namespace WgFleet.Hooks.Discovery;

/// <summary>
/// Everything that would be a hook, found without making any of it. Plugins are loaded so as to look at their classes; nothing of a
/// hook's or a plugin's is run.
/// </summary>
internal sealed class HookDiscovery
{
    private HookDiscovery(IReadOnlyList<HookDescriptor> all, IReadOnlyList<Plugin> plugins, HooksConfig config)
    {
        All = all;
        NotLoaded = [.. plugins.Where(p => p.Inactive is not null)];

        // What the list names may be in a plugin that is not loaded, and that stops no server.
        var unknown = config.List.Where(h => all.All(c => c.Name != h.Name)).ToList();
        Missing = NotLoaded.Count > 0 ? [.. unknown.Select(h => h.Name)] : [];
        Problems = [.. Twins(), .. (NotLoaded.Count > 0 ? [] : unknown).Select(Unknown), .. Misfits(config)];
    }

    /// <summary>All of them in running order.</summary>
    public IReadOnlyList<HookDescriptor> All { get; }

    /// <summary>The plugins that are not loaded.</summary>
    public IReadOnlyList<Plugin> NotLoaded { get; }

    /// <summary>Names of hooks.list that no hook has, where one that is not loaded may have them.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>What the server does not start with: names used twice, entries of hooks.list that no hook has or that do not fit theirs.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Finds those among the server's own classes, by their attribute, and those that the configuration or a folder has.</summary>
    public static HookDiscovery Find(IEnumerable<Type> types, HooksConfig config)
    {
        var plugins = PluginFolder.Load(config.Plugins, Interop.EffectiveUser);
        var all = types
            .Where(t => t.IsDefined(typeof(HookAttribute), inherit: false))
            .Select(t => new HookDescriptor(t, config))
            .Concat(plugins.SelectMany(p => p.Hooks.Select(t => new HookDescriptor(t, config, p.Path))))
            .Concat(SinkSource.Find(config).Select(o => new HookDescriptor(o, config)))
            .Concat(config.List.Where(h => h.Template is not null).Select(h => new HookDescriptor(h, config)))
            .OrderBy(c => c.ListPosition).ThenBy(c => c.Attribute.Order).ThenBy(c => c.Name, StringComparer.Ordinal).ThenBy(c => c.Source, StringComparer.Ordinal);
        return new HookDiscovery([.. all], plugins, config);
    }

    /// <summary>The first reason for which it does not run; null if there is none.</summary>
    public string? WhyNot(HookDescriptor candidate)
    {
        var twins = All.Where(c => c != candidate && c.Name == candidate.Name && c.TakesName).Select(c => c.Source).ToList();
        return candidate.TakesName && twins.Count > 0 ? $"its name is also that of {string.Join(" and ", twins)}" : candidate.WhyNot();
    }

    /// <summary>What would run, in running order, then what would not and why.</summary>
    public IReadOnlyList<HookSummary> Listings()
    {
        var rows = All.Select(c => c.Listing() with { Inactive = WhyNot(c) }).ToList();
        return
        [
            .. rows.Where(r => r.Inactive is null).Select((r, i) => r with { Position = i + 1 }),
            .. rows.Where(r => r.Inactive is not null).Concat(NotLoaded.Select(p => p.Listing())).OrderBy(r => r.Name, StringComparer.Ordinal),
        ];
    }

    private IEnumerable<Problem> Twins() =>
        from twins in All.Where(c => c.TakesName).GroupBy(c => c.Name)
        where twins.Count() > 1
        let text = $"hook name '{twins.Key}' is used by {string.Join(" and ", twins.Select(c => c.Source))}; rename one"
        select twins.Select(c => c.Config?.Place).FirstOrDefault(p => p is not null)?.Problem("name", text) ?? new Problem(null, null, null, null, text);

    private Problem Unknown(HookConfig entry)
    {
        var text = $"there is no hook '{entry.Name}'; there are: {string.Join(", ", All.Select(c => c.Name).Distinct())}";
        return entry.Place?.Problem("name", text) ?? new Problem(null, null, null, "hooks.list", text);
    }

    private IEnumerable<Problem> Misfits(HooksConfig config)
    {
        foreach (var entry in config.List.Where(e => All.FirstOrDefault(c => c.Name == e.Name)?.Kind == HookDescriptor.HandlerKind))
        {
            var text = $"'{entry.Name}' is a handler; await and min_interval are for projections";
            if (entry.Await == true || entry.MinInterval is not null)
                yield return entry.Place?.Problem(entry.Await == true ? "await" : "min_interval", text) ?? new Problem(null, null, null, "hooks.list", text);
        }
    }
}
