using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads one entry of <c>hooks.list</c>.</summary>
internal static class HookReader
{
    private static readonly ValueParser<TimeSpan> MinInterval = Values.DurationFrom(TimeSpan.Zero, TimeSpan.FromDays(1), "100ms, 10s or 5m");
    private static readonly ValueParser<int> MaxAttempts = Values.IntegerFrom(1, 1000);
    private static readonly ValueParser<HookStart> Start =
        Values.OneOf("a place to start", [("now", HookStart.Now), ("snapshot", HookStart.Snapshot), ("beginning", HookStart.Beginning)]);

    private static readonly ListKind<string> Events = new(Values.OneOf("an event", Hooks.EventTypes.All),
        $"use a list of events, such as [{Hooks.EventTypes.ClientAdded}]");

    /// <summary>The hook, which is incomplete if there were errors; null if not even its name is known.</summary>
    public static HookConfig? Read(YamlNode item, string path, FileClaims files, Diagnostics findings)
    {
        if (item is not YamlMap map)
            return Values.HookName.Read(item, path, findings) is { } found
                ? new HookConfig { Name = found.Value, Place = findings.Place(path, item) }
                : null;

        var section = new Section(map, path, item.Line, ConfigKeys.Hook, findings);
        var name = section.Required("name", Values.HookName);
        var hook = new HookConfig
        {
            Name = name?.Value ?? "",
            Enabled = section.Optional("enabled", Values.Boolean)?.Value ?? true,
            Await = section.Optional("await", Values.Boolean)?.Value,
            Timeout = section.Optional("timeout", Values.RunTime)?.Value,
            MinInterval = section.Optional("min_interval", MinInterval)?.Value,
            Events = section.OptionalList("events", Events),
            Fleets = section.Optional("fleets", Values.FleetPattern)?.Value,
            MaxAttempts = section.Optional("max_attempts", MaxAttempts)?.Value,
            Replace = section.Optional("replace", Values.Boolean)?.Value ?? false,
            Start = section.Optional("start", Start)?.Value ?? default,
            Kind = Kind(section, files, findings),
            Settings = Settings(section, findings),
            Place = findings.Place(path, item),
        };
        return name is null ? null : hook;
    }

    /// <summary>
    /// The settings of the entry's kind; null if it has none, or if they have errors. If there are several kinds, all are read, to report all
    /// errors.
    /// </summary>
    private static HookKindConfig? Kind(Section hook, FileClaims files, Diagnostics findings)
    {
        var kinds = KindReader.All.Where(k => hook.Find(k.Key) is not null).ToList();
        var read = kinds.Select(k => hook.OptionalSection(k.Key, k.Keys) is { } section ? k.Read(section, files, findings) : null).ToList();
        foreach (var kind in kinds.Skip(1))
            findings.Problem(hook.Find(kind.Key)!.Value.Line, hook.PathOf(kind.Key),
                $"stands beside {kinds[0].Key}, use one of {Sentence.And([.. KindReader.All.Select(k => k.Key)])}");

        foreach (var key in kinds is [var only] ? only.NotWith.Concat(read[0] is { } settings ? only.NotWithThese(settings) : []) : [])
        {
            if (hook.Find(key) is { } entry)
                findings.Problem(entry.Line, hook.PathOf(key),
                    $"is not for a hook with {kinds[0].Key}, {(key == "timeout" ? $"set it within {kinds[0].Key}" : "remove it")}");
        }

        return read.FirstOrDefault();
    }

    private static Dictionary<string, string> Settings(Section hook, Diagnostics findings)
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
