using WgFleet.Config;
using WgFleet.Config.Yaml;
using WgFleet.Linux;

namespace WgFleet.Hooks.Discovery;

/// <summary>
/// Finds every hook of a configuration without creating any: classes of the server, entries of hooks.list, files in the drop-in directories.
/// </summary>
internal sealed class HookDiscovery
{
    private HookDiscovery(IReadOnlyList<HookDefinition> all, HooksConfig config)
    {
        var missing = config.List.Where(h => all.All(c => c.Name != h.Name));
        Problems = [.. SharedNames(all), .. missing.Select(entry => Unknown(entry, all)), .. Misfits(all, config)];

        All = [.. all.Select(hook => SharedName(hook, all) is { } shared ? hook with { Inactive = shared } : hook)];
        var position = 0;
        All = [.. All.Select(hook => hook.Inactive is null ? hook with { Position = ++position } : hook)];
    }

    /// <summary>All hooks in running order, also those that do not run.</summary>
    public IReadOnlyList<HookDefinition> All { get; }

    /// <summary>Why the server must not start: names used twice, and entries of hooks.list for unknown hooks or with keys that their hook does not have.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>The hooks that a server with this configuration would have.</summary>
    public static HookDiscovery Of(ServerConfig config) => Find(HookTable.All, config.Hooks);

    /// <summary>Finds the hooks among these classes, in the configuration and in its drop-in directories.</summary>
    public static HookDiscovery Find(IEnumerable<HookClass> classes, HooksConfig config)
    {
        var places = config.List.Select((entry, place) => (entry.Name, place)).DistinctBy(p => p.Name).ToDictionary(p => p.Name, p => p.place);
        var all = classes.Select(c => HookDefinitions.Of(c, config))
            .Concat(config.List.Select(HookDefinitions.Of).OfType<HookDefinition>())
            .Concat(DropIns(config).Select(f => HookDefinitions.Of(f, config)))
            .OrderBy(h => places.GetValueOrDefault(h.Name, int.MaxValue)).ThenBy(h => h.Order).ThenBy(h => h.Name, StringComparer.Ordinal).ThenBy(h => h.Source, StringComparer.Ordinal);
        return new HookDiscovery([.. all], config);
    }

    /// <summary>The hooks that would run, in running order, then the others by name, as <c>hooks list</c> shows them without a server.</summary>
    public IReadOnlyList<HookDefinition> Listed() =>
        [.. All.Where(h => h.Inactive is null), .. All.Where(h => h.Inactive is not null).OrderBy(h => h.Name, StringComparer.Ordinal)];

    private static IReadOnlyList<HookFile> DropIns(HooksConfig hooks)
    {
        try
        {
            return HooksFolder.Scan(hooks.Folders, Interop.EffectiveUser);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new HookFile("hooks.d", string.Join(", ", hooks.Folders), 0) { Inactive = $"cannot be read: {e.Message}" }];
        }
    }

    private static string? SharedName(HookDefinition hook, IReadOnlyList<HookDefinition> all)
    {
        var others = all.Where(h => h != hook && h.Name == hook.Name && h.TakesName).Select(h => h.Source).ToList();
        return hook.TakesName && others.Count > 0 ? $"its name is also that of {string.Join(" and ", others)}" : null;
    }

    private static IEnumerable<Problem> SharedNames(IReadOnlyList<HookDefinition> all) =>
        from shared in all.Where(h => h.TakesName).GroupBy(h => h.Name)
        where shared.Count() > 1
        let text = $"hook name '{shared.Key}' is used by {string.Join(" and ", shared.Select(h => h.Source))}; rename one"
        select shared.Select(h => h.Config?.Place).FirstOrDefault(p => p is not null)?.Problem("name", text) ?? new Problem(null, null, null, null, text);

    private static Problem Unknown(HookConfig entry, IReadOnlyList<HookDefinition> all)
    {
        var text = $"there is no hook '{entry.Name}'; there are: {string.Join(", ", all.Select(h => h.Name).Distinct())}";
        return entry.Place?.Problem("name", text) ?? new Problem(null, null, null, "hooks.list", text);
    }

    private static IEnumerable<Problem> Misfits(IReadOnlyList<HookDefinition> all, HooksConfig config)
    {
        foreach (var entry in config.List.Where(e => all.FirstOrDefault(h => h.Name == e.Name)?.Kind == HookKind.Handler))
        {
            var text = $"'{entry.Name}' is a handler; await, min_interval and replace are for projections";
            if (entry.Await == true || entry.MinInterval is not null || entry.Replace)
                yield return entry.Place?.Problem(entry.Await == true ? "await" : entry.Replace ? "replace" : "min_interval", text) ?? new Problem(null, null, null, "hooks.list", text);
        }
    }
}
