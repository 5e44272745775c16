using System.Net;

namespace WgFleet.Config;

/// <summary>A hook that runs a program: <c>exec</c>.</summary>
internal sealed record ExecConfig
{
    /// <summary>An absolute path.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments, before the event's type.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>The user it runs as.</summary>
    public string User { get; init; } = "nobody";

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>A hook that calls an HTTP endpoint: <c>webhook</c>.</summary>
internal sealed record WebhookConfig
{
    public required Uri Url { get; init; }

    /// <summary>Files with one secret each (<c>whsec_</c> and base64, or raw base64). All of them sign, so that keys can be rotated.</summary>
    public IReadOnlyList<string> SecretFiles { get; init; } = [];

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many deliveries may run at once, never two of one client.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>The only networks it may connect to; empty allows all but link-local, metadata, unspecified and multicast addresses.</summary>
    public IReadOnlyList<IPNetwork> Allow { get; init; } = [];
}

/// <summary>A hook that renders a text file: <c>template</c>.</summary>
internal sealed record TemplateConfig
{
    /// <summary>The names of the templates that are shipped.</summary>
    public static readonly IReadOnlyList<string> Shipped = ["dnsmasq", "bind-zone", "bind-reverse", "ansible-inventory", "ssh-config", "csv"];

    /// <summary>The template: an absolute path, or the name of one that is shipped.</summary>
    public required string File { get; init; }

    /// <summary>The file it writes; {fleet} in it makes one file a fleet.</summary>
    public required string Path { get; init; }

    public UnixFileMode Mode { get; init; } = (UnixFileMode)0x1A4; // 0644

    /// <summary>The process to signal when the file has changed; null for none.</summary>
    public AfterWriteConfig? AfterWrite { get; init; }
}

/// <summary>A signal after a file has changed: to a systemd unit, or to the process a pid file names.</summary>
internal sealed record AfterWriteConfig
{
    public string? SystemdUnit { get; init; }

    public string? PidFile { get; init; }

    /// <summary>The name (comm) that the process of the pid file must have, so that no other process is signaled.</summary>
    public string? ProcessName { get; init; }

    /// <summary>Without SIG: HUP, USR1, and so on; null for a reload of the unit as systemd knows how to, and HUP where there is none.</summary>
    public string? Signal { get; init; }
}
