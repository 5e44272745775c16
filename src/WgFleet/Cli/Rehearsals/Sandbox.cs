using WgFleet.Linux.Mounts;
using WgFleet.WireGuard;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.Cli.Rehearsals;

/// <summary>
/// What the first process of a rehearsal makes of its namespaces, so that nothing of the real gateway can be changed by mistake: no file can be written but those in the
/// rehearsal's directory and in a new /run, and there is no network but this machine's own loopback.
/// </summary>
internal static class Sandbox
{
    private const string Run = "/run";

    // In the sandbox's own /run, so that it is nowhere else.
    private const string Mark = "/run/wg-fleet/rehearsal";

    /// <summary>The namespaces that the first process begins in, as arguments of unshare(1).</summary>
    public static readonly IReadOnlyList<string> Namespaces = ["--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"];

    /// <summary>Whether this process is the first of a process namespace, and so has been put into namespaces of its own.</summary>
    public static bool IsInside => Environment.ProcessId == 1;

    /// <summary>Whether this process is in a sandbox that is closed. Elsewhere, the rehearsal's gateway would take the real one's interface.</summary>
    public static bool IsClosed => File.Exists(Mark);

    /// <summary>Closes the sandbox. Nothing may be running in it yet.</summary>
    /// <param name="directory">The rehearsal's directory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    /// <exception cref="WireGuardException">The loopback interface cannot come up.</exception>
    public static async Task CloseAsync(string directory, CancellationToken cancellationToken)
    {
        MountTable.Separate(directory);
        MountTable.Cover(Run, "tmpfs", "mode=755");
        MountTable.Cover("/sys", "sysfs");
        MountTable.MakeAllReadOnly();
        MountTable.MakeWritable(directory);
        MountTable.MakeWritable(Run);
        foreach (var name in new[] { "wg-fleet", "wireguard" })
            Directory.CreateDirectory(Path.Combine(Run, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await File.WriteAllTextAsync(Mark, "", cancellationToken);
        using var interfaces = WireGuardDriver.OpenInterfaces();
        await interfaces.ChangeAsync("lo", new InterfaceChange { Up = true }, cancellationToken);
    }
}
