using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>stream</c> of a hook.</summary>
internal static class StreamKindReader
{
    public static readonly KindReader Kind = new(
        StreamConfig.Name, ["command", "args", "user", "timeout", "start_timeout", "concurrency", "state"], ["timeout"], (section, _, findings) => Read(section, findings))
    {
        NotWithThese = settings => settings is StreamConfig { State: not null } ? ["events", "max_attempts", "start"] : ["await", "min_interval"],
    };

    private static readonly StreamConfig Defaults = new() { Command = "" };
    private static readonly ValueParser<StreamState?> State = Values.OneOf<StreamState?>("a way to give the state", [("whole", StreamState.Whole), ("changes", StreamState.Changes)]);
    private static readonly ValueParser<int> Concurrency = Values.IntegerFrom(1, 1000);

    private static StreamConfig Read(Section section, Diagnostics findings)
    {
        var read = Read(section);
        if (read.State is not null && section.Find("concurrency") is { } entry)
            findings.Problem(entry.Line, section.PathOf("concurrency"), "is not for a program that gets the state, remove it");

        return read;
    }

    private static StreamConfig Read(Section section) => new()
    {
        Command = section.Required("command", Values.File)?.Value ?? Defaults.Command,
        Args = section.OptionalList("args", Values.Arguments) ?? Defaults.Args,
        User = section.Optional("user", Values.User)?.Value ?? Defaults.User,
        Timeout = section.Optional("timeout", Values.RunTime)?.Value ?? Defaults.Timeout,
        StartTimeout = section.Optional("start_timeout", Values.RunTime)?.Value ?? Defaults.StartTimeout,
        Concurrency = section.Optional("concurrency", Concurrency)?.Value ?? Defaults.Concurrency,
        State = section.Optional("state", State)?.Value,
    };
}
