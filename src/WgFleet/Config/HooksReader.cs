using WgFleet.Config.Yaml;

namespace WgFleet.Config;

/// <summary>Reads <c>hooks</c>.</summary>
internal static class HooksReader
{
    private static readonly HooksConfig Defaults = new();

    private static readonly ValueKind<TimeSpan> AwaitTimeout = Values.DurationFrom(TimeSpan.Zero, TimeSpan.FromHours(1), "500ms, 1s or 0s to never wait");
    private static readonly ValueKind<TimeSpan> Timeout = Values.DurationFrom(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1), "500ms, 10s or 5m");
    private static readonly ValueKind<TimeSpan> MinInterval = Values.DurationFrom(TimeSpan.Zero, TimeSpan.FromDays(1), "100ms, 10s or 5m");

    /// <summary>The section, or the defaults if it is not there.</summary>
    public static HooksConfig Read(Section top, Findings findings)
    {
        if (top.Find("hooks") is not { } entry || entry.Value.IsNull)
            return Defaults;

        if (entry.Value is not YamlMap map)
        {
            findings.Problem(entry.Line, "hooks", $"is {entry.Value.Shown}, use the keys {string.Join(" and ", ConfigKeys.Hooks)}");
            return Defaults;
        }

        var section = new Section(map, "hooks", entry.Line, ConfigKeys.Hooks, findings);
        return new HooksConfig
        {
            AwaitTimeout = section.Optional("await_timeout", AwaitTimeout)?.Value ?? Defaults.AwaitTimeout,
            List = List(section, findings),
        };
    }

    private static List<HookConfig> List(Section hooks, Findings findings)
    {
        const string use = "use a list of hooks' names and settings";
        var read = new List<HookConfig>();
        if (hooks.Find("list") is not { } entry || entry.Value.IsNull)
            return read;

        if (entry.Value is not YamlList list)
        {
            findings.Problem(entry.Line, "hooks.list", $"is {entry.Value.Shown}, {use}");
            return read;
        }

        var lines = new Dictionary<string, int>();
        foreach (var (index, item) in list.Items.Index())
        {
            if (Hook(item, $"hooks.list[{index}]", findings) is not { } hook)
                continue;

            if (!lines.TryAdd(hook.Name, item.Line))
                findings.Problem(item.Line, $"hooks.list[{index}]", $"'{hook.Name}' is listed on line {lines[hook.Name]} already, list each hook once");
            read.Add(hook);
        }

        return read;
    }

    private static HookConfig? Hook(YamlNode item, string path, Findings findings)
    {
        if (item is not YamlMap map)
            return Values.HookName.Read(item, path, findings) is { } found ? new HookConfig { Name = found.Value } : null;

        var section = new Section(map, path, item.Line, ConfigKeys.Hook, findings);
        var name = section.Required("name", Values.HookName);
        var hook = new HookConfig
        {
            Name = name?.Value ?? "",
            Enabled = section.Optional("enabled", Values.Boolean)?.Value ?? true,
            Await = section.Optional("await", Values.Boolean)?.Value,
            Timeout = section.Optional("timeout", Timeout)?.Value,
            MinInterval = section.Optional("min_interval", MinInterval)?.Value,
            Settings = Settings(section, findings),
        };
        return name is null ? null : hook;
    }

    private static Dictionary<string, string> Settings(Section hook, Findings findings)
    {
        var read = new Dictionary<string, string>();
        if (hook.Find("settings") is not { } entry || entry.Value.IsNull)
            return read;

        var path = hook.PathOf("settings");
        if (entry.Value is not YamlMap map)
        {
            findings.Problem(entry.Line, path, $"is {entry.Value.Shown}, use a mapping of names to values");
            return read;
        }

        var settings = new Section(map, path, entry.Line, null, findings);
        foreach (var setting in map.Entries)
        {
            if (settings.Required(setting.Key, Values.Setting) is { } found)
                read.Add(setting.Key, found.Value);
        }

        return read;
    }
}
