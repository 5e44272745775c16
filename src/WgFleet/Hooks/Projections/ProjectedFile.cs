using WgFleet.Config;
using WgFleet.Config.Yaml;

namespace WgFleet.Hooks.Projections;

/// <summary>A file that a projection of the configuration writes.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Hook">The hook that writes it.</param>
/// <param name="Problem">Makes a problem with its key in the configuration.</param>
internal sealed record ProjectedFile(string Path, string Hook, Func<string, Problem> Problem)
{
    /// <summary>Whether the configuration says that the hook may replace a file of somebody else.</summary>
    public bool Replaces { get; init; }

    /// <summary>Whether a file at this path was made for wg-fleet: no configuration names another one unless it says so.</summary>
    public bool IsDefault { get; init; }

    public bool IsTemplate { get; init; }

    /// <summary>Whether nobody but wg-fleet can have written a text.</summary>
    public Predicate<string> Recognizes { get; init; } = _ => false;

    /// <summary>The files of all hooks that are not disabled.</summary>
    public static IReadOnlyList<ProjectedFile> Of(ServerConfig config)
    {
        var defaults = new ServerConfig { Domain = "", PruneTimeout = default, Fleets = [] };
        return
        [
            .. BuiltIn("hosts_file", "hosts_file", c => c.HostsFile, text => HostsFile.Recognizes(text, config)),
            .. BuiltIn("prometheus_sd", "prometheus_file", c => c.PrometheusFile, PrometheusSd.Recognizes),
            .. config.Hooks.List.Where(entry => entry.Enabled).SelectMany(OfTemplate),
        ];

        IEnumerable<ProjectedFile> BuiltIn(string hook, string key, Func<ServerConfig, string> path, Predicate<string> recognizes)
        {
            var entry = config.Hooks.List.FirstOrDefault(h => h.Name == hook);
            if (entry?.Enabled != false)
            {
                yield return new(path(config), hook, text => new Problem(null, null, null, key, text))
                {
                    Replaces = entry?.Replace ?? false,
                    IsDefault = path(config) == path(defaults),
                    Recognizes = recognizes,
                };
            }
        }

        IEnumerable<ProjectedFile> OfTemplate(HookConfig entry) => entry.Kind is not TemplateConfig template ? [] :
            template.Paths(config.Fleets.Select(f => f.Name).Where(entry.Follows)).Select(path =>
                new ProjectedFile(path, entry.Name, text => entry.Place?.Problem("template.path", text) ?? new Problem(null, null, null, "template.path", text))
                {
                    Replaces = entry.Replace,
                    IsTemplate = true,
                    Recognizes = text => text.AsSpan(0, Math.Max(0, text.IndexOf('\n'))).Contains(TemplateConfig.Mark, StringComparison.Ordinal),
                });
    }
}
