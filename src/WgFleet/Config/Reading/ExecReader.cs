using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>exec</c> of a hook.</summary>
internal static class ExecReader
{
    public static readonly KindReader Kind = KindReader.Delivery(ExecConfig.Name, ["command", "args", "user", "timeout"], Read);

    private static readonly ExecConfig Defaults = new() { Command = "" };

    private static ExecConfig Read(Section section) => new()
    {
        Command = section.Required("command", Values.File)?.Value ?? Defaults.Command,
        Args = section.OptionalList("args", Values.Arguments) ?? Defaults.Args,
        User = section.Optional("user", Values.User)?.Value ?? Defaults.User,
        Timeout = section.Optional("timeout", Values.RunTime)?.Value ?? Defaults.Timeout,
    };
}
