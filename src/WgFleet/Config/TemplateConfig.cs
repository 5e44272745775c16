namespace WgFleet.Config;

/// <summary>A hook that renders a text file: <c>template</c>.</summary>
internal sealed record TemplateConfig : HookKindConfig
{
    public const string Name = "template";

    /// <summary>Stands in the first line of what the shipped templates make.</summary>
    public const string Mark = "Written by wg-fleet";

    private const string FleetPlaceholder = "{fleet}";

    /// <summary>The names of the templates that are shipped.</summary>
    public static readonly IReadOnlyList<string> Shipped = ["dnsmasq", "bind-zone", "bind-reverse", "ansible-inventory", "ssh-config", "csv"];

    /// <summary>The template: an absolute path, or the name of one that is shipped.</summary>
    public required string File { get; init; }

    /// <summary>The file it writes; {fleet} in it makes one file a fleet.</summary>
    public required string Path { get; init; }

    public UnixFileMode Mode { get; init; } = (UnixFileMode)0x1A4; // 0644

    /// <summary>The process to signal when the file has changed; null for none.</summary>
    public AfterWriteConfig? AfterWrite { get; init; }

    /// <summary>Whether it makes one file for each fleet.</summary>
    public bool IsPerFleet => Path.Contains(FleetPlaceholder, StringComparison.Ordinal);

    /// <summary>The files it writes for these fleets.</summary>
    public IEnumerable<string> Paths(IEnumerable<string> fleets) => IsPerFleet ? fleets.Select(PathOf) : [Path];

    /// <summary>The file of a fleet.</summary>
    public string PathOf(string fleet) => Path.Replace(FleetPlaceholder, fleet, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string Key => Name;

    /// <inheritdoc/>
    public override string Source => $"{Path} from template {File}";

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Value)> Shown =>
    [
        ("file", File),
        ("path", Path),
        ("mode", Convert.ToString((int)Mode, 8).PadLeft(4, '0')),
        .. AfterWrite is null ? [] : new[] { ("after_write", AfterWrite.Shown) },
    ];
}

/// <summary>A signal after a file has changed: to a systemd unit, or to the process a pid file names.</summary>
internal sealed record AfterWriteConfig
{
    public string? SystemdUnit { get; init; }

    public string? PidFile { get; init; }

    /// <summary>The name (comm) that the process of the pid file must have, so that no other process is signaled.</summary>
    public string? ProcessName { get; init; }

    /// <summary>The signal without SIG, such as HUP; null reloads the unit as systemd does, or sends HUP if the unit has no reload.</summary>
    public string? Signal { get; init; }

    /// <summary>As operators read it, such as "HUP to /run/named.pid (named)".</summary>
    public string Shown => $"{Signal ?? (SystemdUnit is null ? "HUP" : "reload")} to {SystemdUnit ?? PidFile}{(ProcessName is { } name ? $" ({name})" : "")}";
}
