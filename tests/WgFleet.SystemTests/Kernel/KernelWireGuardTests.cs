using System.Runtime.InteropServices;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Kernel;

/// <summary>
/// The core of these tests on the kernel's WireGuard: register, tunnel, ping, reboot, reconcile, prune, and 20,000 peers. Run once more by this
/// test program where there is one, this kernel or one that a runner boots; wireguard-go is out of reach there.
/// </summary>
public class KernelWireGuardTests
{
    private const string Runner = "WG_FLEET_KERNEL_RUNNER";

    private const string WithoutWireGuardGo = """
        program=$(command -v wireguard-go) && mount --bind /bin/false "$program"
        exec "$@"
        """;

    // Few, since starting a process takes long in a kernel that is itself one, and each machine takes dozens.
    private static readonly string[] Core =
    [
        "*.PingTests.A_client_is_answered_through_its_tunnel",
        "*.RecoveryTests.A_reboot_*",
        "*.RecoveryTests.An_idle_client_is_back_after_a_reboot_*",
        "*.RecoveryTests.Peers_that_another_program_*",
        "*.Tunnels.RepairTests.Whatever_*",
        "*.PruningTests.A_pruned_client_*",
        "*.ManyPeersTests.*",
    ];

    [Fact]
    public async Task The_core_system_tests_pass_with_the_kernels_WireGuard()
    {
        if (await FindAsync() is not { } inKernel)
        {
            Assert.Skip($"no kernel with WireGuard: run this as root after `modprobe wireguard`, or set {Runner} to a program that runs its arguments in such a kernel");
            return;
        }

        // The runner may begin with an empty environment; so the runtime's place is told.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        await using var tests = RunningProcess.Start([
            .. inKernel, "env", $"DOTNET_ROOT={dotnet}", "unshare", "--mount", "sh", "-c", WithoutWireGuardGo, "sh",
            Environment.ProcessPath!, "--filter-method", .. Core, "--no-ansi", "--no-progress"]);

        // None of them takes longer than its own deadline, but there are many.
        var ended = await Task.WhenAny(tests.Exited, Task.Delay(TimeSpan.FromMinutes(30), TestContext.Current.CancellationToken));

        (ended == tests.Exited && await tests.Exited == 0).ShouldBeTrue(tests.Output + tests.Error);
        tests.Output.ShouldContain($"total: {Core.Length}\n", customMessage: "each names one test");
    }

    /// <summary>What to put before a command; null if there is no such kernel.</summary>
    private static async Task<string[]?> FindAsync()
    {
        if ((await RunningProcess.RunAsync(["unshare", "--net", "ip", "link", "add", "wg0", "type", "wireguard"])).ExitCode == 0)
            return [];

        return Environment.GetEnvironmentVariable(Runner) is { Length: > 0 } runner ? runner.Split(' ') : null;
    }
}
