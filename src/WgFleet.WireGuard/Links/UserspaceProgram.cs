using WgFleet.WireGuard.Linux;

namespace WgFleet.WireGuard.Links;

/// <summary>Starts the program that serves a WireGuard interface where the kernel has no WireGuard.</summary>
/// <param name="program">The program, by default what wg-quick starts: WG_QUICK_USERSPACE_IMPLEMENTATION, or wireguard-go.</param>
internal sealed class UserspaceProgram(string? program = null)
{
    /// <summary>What such a program opens to create an interface; see Documentation/networking/tuntap.rst of the kernel.</summary>
    private const string TunDevice = "/dev/net/tun";

    /// <summary>How long the program may take to create its interface.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly string _program =
        program ?? (Environment.GetEnvironmentVariable("WG_QUICK_USERSPACE_IMPLEMENTATION") is { Length: > 0 } chosen ? chosen : "wireguard-go");

    /// <summary>
    /// Runs "PROGRAM NAME", which creates the interface and its socket, starts a process that stays, and ends. It gets its own
    /// session, so that neither the end of this process nor Ctrl-C in its terminal ends the tunnel.
    /// </summary>
    /// <exception cref="WireGuardException">The program does not exist or failed; the message has the end of its output.</exception>
    public async Task<bool> StartAsync(string name, CancellationToken cancellationToken)
    {
        // With a log level, the process that stays would write its log to our output, which ends with us.
        var started = await DetachedProcess.RunAsync(_program, [name], static variable => variable != "LOG_LEVEL", cancellationToken);
        if (started.StartError is Errno.NoEntry)
            throw new WireGuardException($"cannot create {name}: the kernel has no WireGuard (`modprobe wireguard`), and {_program} is not installed "
                + "(as a container: use the image wg-fleet:wireguard-go)");

        if (started.StartError is { } error)
            throw new WireGuardException($"cannot create {name}: {_program} does not start: {Errno.Describe(error)}");

        if (started.ExitCode is not 0)
            throw new WireGuardException($"cannot create {name}: {_program} {name} failed: {LastLines(started.Output)}{Hint()}");

        return true;
    }

    private static string Hint() =>
        File.Exists(TunDevice) ? "" : $" (there is no {TunDevice}: `modprobe tun`, or in a container --device {TunDevice})";

    private static string LastLines(string output)
    {
        // wireguard-go prints a warning in a box before anything else.
        var lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] is not ('│' or '┌' or '└' or '╔' or '║' or '╚')).ToList();
        return lines.Count == 0 ? "it gave no reason" : string.Join(" / ", lines.TakeLast(3));
    }
}
