namespace WgFleet.WireGuard.Tests.Kernel;

/// <summary>A kernel with WireGuard: this one, in a new network namespace, or one that a runner boots.</summary>
public sealed class KernelFixture() : InnerRun(
    Place, $"no kernel with WireGuard: run this as root after `modprobe wireguard`, or set {Runner} to a program that runs its arguments in such a kernel")
{
    public const string Place = "in a kernel with WireGuard";

    private const string Runner = "WG_FLEET_KERNEL_RUNNER";

    protected override async Task<string[]?> FindAsync()
    {
        var added = await RunAsync(["unshare", "--net", "sh", "-c", "ip link add wg0 type wireguard && echo added"]);
        if (added.Contains("added"))
            return ["unshare", "--net", "--mount", "sh", "-c", "mount -t sysfs sysfs /sys && exec \"$@\"", "sh"];

        return Environment.GetEnvironmentVariable(Runner) is { Length: > 0 } runner ? runner.Split(' ') : null;
    }
}

/// <summary>The test classes that need a kernel with WireGuard share one.</summary>
[CollectionDefinition(Name)]
public sealed class KernelNeeded : ICollectionFixture<KernelFixture>
{
    public const string Name = "kernel";
}
