using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>stream</c> of a hook.</summary>
internal static class StreamKindReader
{
    public static readonly KindReader Kind = new(
        StreamConfig.Name, ["command", "args", "user", "timeout", "start_timeout", "concurrency"], ["await", "min_interval", "timeout"], (section, _, _) => Read(section));

    private static readonly StreamConfig Defaults = new() { Command = "" };
    private static readonly ValueParser<int> Concurrency = Values.IntegerFrom(1, 1000);

    private static StreamConfig Read(Section section) => new()
    {
        Command = section.Required("command", Values.File)?.Value ?? Defaults.Command,
        Args = section.OptionalList("args", Values.Arguments) ?? Defaults.Args,
        User = section.Optional("user", Values.User)?.Value ?? Defaults.User,
        Timeout = section.Optional("timeout", Values.RunTime)?.Value ?? Defaults.Timeout,
        StartTimeout = section.Optional("start_timeout", Values.RunTime)?.Value ?? Defaults.StartTimeout,
        Concurrency = section.Optional("concurrency", Concurrency)?.Value ?? Defaults.Concurrency,
    };
}
