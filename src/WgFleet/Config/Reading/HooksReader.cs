using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>hooks</c>.</summary>
internal static class HooksReader
{
    private static readonly HooksConfig Defaults = new();

    private static readonly ValueParser<TimeSpan> AwaitTimeout = Values.DurationFrom(TimeSpan.Zero, TimeSpan.FromHours(1), "500ms, 1s or 0s to never wait");
    private static readonly ValueParser<TimeSpan> ShutdownDrain = Values.DurationFrom(TimeSpan.Zero, TimeSpan.FromMinutes(10), "5s, 10s or 0s to not wait");
    private static readonly ValueParser<TimeSpan> Retention = Values.DurationFrom(TimeSpan.FromMinutes(1), Duration.Longest, "12h, 7d or 30d");
    private static readonly ValueParser<int> MaxRows = Values.IntegerFrom(1000, 1_000_000_000);
    private static readonly ListKind<string> ExecDirs = new(Values.Folder, "use a list of directories") { MayBeEmpty = true };

    /// <summary>The section, or the defaults if it is not there.</summary>
    public static HooksConfig Read(Section top, FileClaims files, Diagnostics findings)
    {
        if (top.Find("hooks") is not { Value.IsNull: false } || top.OptionalSection("hooks", ConfigKeys.Hooks) is not { } section)
            return Defaults;

        return new HooksConfig
        {
            AwaitTimeout = section.Optional("await_timeout", AwaitTimeout)?.Value ?? Defaults.AwaitTimeout,
            Retain = Retain(section.OptionalSection("retain", ConfigKeys.Retain)),
            ShutdownDrain = section.Optional("shutdown_drain", ShutdownDrain)?.Value ?? Defaults.ShutdownDrain,
            Folders = section.OptionalList("exec_dirs", ExecDirs) ?? Defaults.Folders,
            List = List(section, files, findings),
            Place = findings.Place("hooks", top.Find("hooks")!.Value.Value),
        };
    }

    private static RetainConfig Retain(Section? section) => section is null ? Defaults.Retain : new RetainConfig
    {
        Events = section.Optional("events", Retention)?.Value ?? Defaults.Retain.Events,
        Deliveries = section.Optional("deliveries", Retention)?.Value ?? Defaults.Retain.Deliveries,
        MaxRows = section.Optional("max_rows", MaxRows)?.Value ?? Defaults.Retain.MaxRows,
    };

    private static List<HookConfig> List(Section hooks, FileClaims files, Diagnostics findings)
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
            if (HookReader.Read(item, $"hooks.list[{index}]", files, findings) is not { } hook)
                continue;

            if (!lines.TryAdd(hook.Name, item.Line))
                findings.Problem(item.Line, $"hooks.list[{index}]", $"'{hook.Name}' is listed on line {lines[hook.Name]} already, list each hook once");
            read.Add(hook);
        }

        return read;
    }
}
