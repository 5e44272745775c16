using System.Globalization;
using System.Text.RegularExpressions;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>
/// A computer with a real systemd as its first process, booted by systemd-nspawn(1) with a network of its own. What it writes is its
/// own; all of it ends, and its control group goes, when the test or the test process ends.
/// </summary>
internal sealed partial class SystemdMachine : IAsyncDisposable
{
    // In a mount namespace of its own. systemd wants a pure cgroup2, whatever this machine has. The inner shell is the first process
    // of a process namespace: when the test closes its input, the kernel ends nspawn and everything below.
    private const string Boot = """
        set -e
        name=$1 layers=$2 disk=$3
        mkdir -p "$disk/upper" "$disk/work" "$disk/root"
        mount -t overlay overlay -o "lowerdir=$layers,upperdir=$disk/upper,workdir=$disk/work" "$disk/root"
        umount -R /sys/fs/cgroup
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        group=/sys/fs/cgroup/wg-fleet-test-$$
        mkdir "$group"
        trap 'find "$group" -depth -type d -exec rmdir {} +' EXIT
        (
            echo $BASHPID >"$group/cgroup.procs"
            exec unshare --pid --fork --kill-child --mount-proc bash -c '
                mount -t tmpfs -o mode=755 tmpfs /run
                while
                    code=0
                    SYSTEMD_NSPAWN_API_VFS_WRITABLE=network SYSTEMD_NSPAWN_LOCK=0 systemd-nspawn --quiet --directory="$1/root" --machine="$2" --boot \
                        --register=no --keep-unit --private-network --capability=all --system-call-filter=bpf --bind=/dev/net/tun \
                        --console=pipe --resolv-conf=off --timezone=off --link-journal=no </dev/null >>"$1/console" 2>&1 || code=$?
                    [ $code = 133 ] # The machine has asked to be booted again.
                do :; done &
                read -r _' boot "$disk" "$name"
        ) || true
        """;

    private readonly RunningProcess _outer;
    private readonly string _disk;

    private SystemdMachine(string name, string disk, RunningProcess outer)
    {
        Name = name;
        _disk = disk;
        _outer = outer;
    }

    public string Name { get; }

    /// <summary>Boots a machine and waits until all its units have started.</summary>
    public static async Task<SystemdMachine> BootAsync(DebianRoot root, string name = "gateway")
    {
        var disk = Directory.CreateTempSubdirectory("wg-fleet-systemd-").FullName;
        var outer = RunningProcess.Start("unshare", "--mount", "--propagation", "private", "bash", "-c", Boot, "boot", name, root.Layers, disk);
        var machine = new SystemdMachine(name, disk, outer);
        try
        {
            await machine.BootedAsync();
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command in the machine to its end; fails if the command fails.</summary>
    public async Task<string> RunAsync(params string[] command) => (await TryRunAsync(command)).Succeeded($"{Name}: {string.Join(' ', command)}");

    /// <summary>Runs a command in the machine to its end, whatever that is.</summary>
    public Task<Finished> TryRunAsync(params string[] command) => RunningProcess.RunAsync([.. Enter(), .. command]);

    /// <summary>Starts a command in the machine.</summary>
    public RunningProcess Start(params string[] command) => RunningProcess.Start([.. Enter(), .. command]);

    /// <summary>Runs a shell's script in the machine; fails if one of its commands fails.</summary>
    public Task<string> ShellAsync(string script) => RunAsync("bash", "-euo", "pipefail", "-c", script);

    /// <summary>Writes a file of the machine, with the folder for it.</summary>
    public async Task WriteAsync(string path, string text, UnixFileMode? mode = null)
    {
        var seen = Seen(path);
        Directory.CreateDirectory(Path.GetDirectoryName(seen)!);
        await File.WriteAllTextAsync(seen, text);
        if (mode is { } wanted)
            File.SetUnixFileMode(seen, wanted);
    }

    /// <summary>The machine's first process as the test sees it.</summary>
    public int Pid => Leader();

    /// <summary>A path of the machine as the test sees it.</summary>
    public string Seen(string path) => $"/proc/{Leader()}/root{path}";

    /// <summary>A property of a unit, as systemctl shows it.</summary>
    public async Task<string> PropertyAsync(string unit, string property) =>
        (await RunAsync("systemctl", "show", "--property", property, "--value", unit)).TrimEnd('\n');

    /// <summary>All that a unit, and systemd about the unit, have written to the journal since the machine's first boot.</summary>
    public async Task<string> JournalAsync(string unit)
    {
        // journald writes what it has received a moment later.
        await RunAsync("journalctl", "--sync");
        return await RunAsync("journalctl", "--no-pager", "--output=cat", "--unit", unit);
    }

    /// <summary>Has the machine shut down and boot again; /run and all interfaces are new after that.</summary>
    public async Task RebootAsync()
    {
        var before = Leader();
        await TryRunAsync("systemctl", "reboot");
        await Deadline.UntilAsync($"{Name} has shut down", () => !Directory.Exists($"/proc/{before}"));
        await BootedAsync();
    }

    /// <summary>Cuts the power. The disk goes, too.</summary>
    public async ValueTask DisposeAsync()
    {
        _outer.Input.Close();
        await Task.WhenAny(_outer.Exited, Task.Delay(Deadline.Hang));
        await _outer.DisposeAsync();
        Directory.Delete(_disk, recursive: true);
    }

    private async Task BootedAsync()
    {
        try
        {
            await Deadline.UntilAsync($"{Name} has booted", async () =>
            {
                if (_outer.Exited.IsCompleted)
                    throw new InvalidOperationException($"{Name} does not boot (are you root?): {_outer.Error}");

                return (await TryRunAsync("systemctl", "is-system-running", "--wait")).Output is "running\n" or "degraded\n";
            });
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{_outer.Error}{File.ReadAllText(Path.Combine(_disk, "console"))}", e);
        }
    }

    private string[] Enter() => ["nsenter", $"--target={Leader()}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd", "--"];

    /// <summary>The machine's first process: below unshare, a shell, a shell that loops, and nspawn.</summary>
    private int Leader()
    {
        var pid = _outer.Pid;
        while (!IsFirst(pid))
        {
            var children = File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            pid = children.Length > 0 ? int.Parse(children[0], CultureInfo.InvariantCulture) : throw new InvalidOperationException($"{Name} is not running");
        }

        return pid;
    }

    // Seen from here, from nspawn's process namespace, and from its own, where it is the first.
    private static bool IsFirst(int pid) => InnermostIsOne().IsMatch(File.ReadAllText($"/proc/{pid}/status"));

    [GeneratedRegex(@"^NSpid:\t\d+\t\d+\t1$", RegexOptions.Multiline)]
    private static partial Regex InnermostIsOne();
}
