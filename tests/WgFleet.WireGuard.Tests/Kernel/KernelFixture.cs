using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WgFleet.WireGuard.Tests.Kernel;

/// <summary>
/// Provides a kernel with WireGuard: this one, in a new network namespace, or one that a runner boots. All test classes of the
/// collection run there at once, by starting this test program a second time; out here each test looks up its own result.
/// </summary>
public sealed class KernelFixture : IAsyncLifetime
{
    /// <summary>Output lines that start like this are printed outside too, whether or not the tests pass.</summary>
    public const string Measured = "measured: ";

    private const string Runner = "WG_FLEET_KERNEL_RUNNER";
    private const string Inside = "WG_FLEET_IN_KERNEL";

    private static readonly bool IsInside = Environment.GetEnvironmentVariable(Inside) is not null;

    private string? _output;

    public async ValueTask InitializeAsync()
    {
        if (IsInside || await FindKernelAsync() is not { } inKernel)
            return;

        // The runner may start the program with an empty environment, so it is told where the runtime is.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        _output = await RunAsync([
            .. inKernel, "env", $"DOTNET_ROOT={dotnet}", $"{Inside}=1", Environment.ProcessPath!,
            "--filter-trait", KernelNeeded.Trait, "--output", "Detailed", "--no-ansi", "--no-progress"]);
        foreach (var line in _output.Split('\n').Where(line => line.StartsWith(Measured, StringComparison.Ordinal)))
            Console.WriteLine(line);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a test inside the kernel; outside, reports how it ended there.</summary>
    public async Task RunAsync(Func<Task> test)
    {
        if (IsInside)
        {
            await test();
            return;
        }

        if (_output is null)
            Assert.Skip($"no kernel with WireGuard: run this as root after `modprobe wireguard`, or set {Runner} to a program that runs its arguments in such a kernel");

        if (!_output.Contains($"passed {TestContext.Current.Test!.TestDisplayName} (", StringComparison.Ordinal))
            Assert.Fail(_output);
    }

    /// <summary>Gives the words to put before a command to run it in the kernel; null if there is no such kernel.</summary>
    private static async Task<string[]?> FindKernelAsync()
    {
        var added = await RunAsync(["unshare", "--net", "sh", "-c", "ip link add wg0 type wireguard && echo added"]);
        if (added.Contains("added"))
            return ["unshare", "--net", "--mount", "sh", "-c", "mount -t sysfs sysfs /sys && exec \"$@\"", "sh"];

        return Environment.GetEnvironmentVariable(Runner) is { Length: > 0 } runner ? [runner] : null;
    }

    private static async Task<string> RunAsync(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        using var hang = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        await process.WaitForExitAsync();
        return await output + await errors;
    }
}

/// <summary>The test classes that need a kernel with WireGuard share one.</summary>
[CollectionDefinition(Name)]
public sealed class KernelNeeded : ICollectionFixture<KernelFixture>
{
    public const string Name = "kernel";
    public const string Trait = "Kernel=WireGuard";
}
