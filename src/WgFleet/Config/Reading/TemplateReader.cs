using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>template</c> of a hook.</summary>
internal static class TemplateReader
{
    private const string AfterWriteKey = "after_write";
    private static readonly string[] AfterWriteKeys = ["systemd_unit", "pidfile", "process", "signal"];

    // A template follows the state of the fleets; it is not told of events.
    public static readonly KindReader Kind = new(TemplateConfig.Name, ["file", "path", "mode", AfterWriteKey], ["events", "max_attempts", "start"], Read)
    {
        NestedKeys = AfterWriteKeys,
    };

    private static readonly TemplateConfig Defaults = new() { File = "", Path = "" };
    private static readonly ValueParser<string> Signal = Values.OneOf("a signal's name",
        ["HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "TERM", "CONT", "WINCH"]);

    private static TemplateConfig Read(Section section, FileClaims files, Diagnostics findings)
    {
        var file = section.Required("file", TemplateValues.Template);
        var path = section.Required("path", TemplateValues.Path);
        if (path is { } written)
            files.Add(section.PathOf("path"), written.Value, written.Line);

        if (path is { } output && output.Value == file?.Value)
            findings.Problem(output.Line, section.PathOf("path"), $"{output.Value} is the template itself, use another");

        return new TemplateConfig
        {
            File = file?.Value ?? Defaults.File,
            Path = path?.Value ?? Defaults.Path,
            Mode = section.Optional("mode", TemplateValues.Mode)?.Value ?? Defaults.Mode,
            AfterWrite = AfterWrite(section, findings),
        };
    }

    private static AfterWriteConfig? AfterWrite(Section template, Diagnostics findings)
    {
        if (template.OptionalSection(AfterWriteKey, AfterWriteKeys) is not { } section)
            return null;

        var signal = section.Optional("signal", Signal)?.Value;
        var read = new AfterWriteConfig
        {
            SystemdUnit = section.Optional("systemd_unit", TemplateValues.SystemdUnit)?.Value,
            PidFile = section.Optional("pidfile", Values.File)?.Value,
            ProcessName = section.Optional("process", TemplateValues.ProcessName)?.Value,
        };

        var line = template.Find(AfterWriteKey)!.Value.Line;
        var (unit, pidFile) = (section.Find("systemd_unit"), section.Find("pidfile"));
        if (unit is null && pidFile is null)
            findings.Problem(line, template.PathOf(AfterWriteKey), "names no process to signal, use systemd_unit or pidfile");
        else if (unit is not null && pidFile is { } second)
            findings.Problem(second.Line, section.PathOf("pidfile"), "stands beside systemd_unit, use one of them");
        else if (unit is not null && section.Find("process") is { } process)
            findings.Problem(process.Line, section.PathOf("process"), "belongs to a pidfile, remove it");

        return signal is null ? read : read with { Signal = signal };
    }
}
