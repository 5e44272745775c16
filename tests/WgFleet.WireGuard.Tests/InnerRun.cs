using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WgFleet.WireGuard.Tests;

/// <summary>
/// Runs the tests with a trait somewhere else, by starting this test program a second time there. Out here each of these tests
/// looks up its own result.
/// </summary>
/// <param name="place">The value of the trait "Runs" that selects the tests.</param>
/// <param name="skipReason">What to tell where there is no such place.</param>
public abstract class InnerRun(string place, string skipReason) : IAsyncLifetime
{
    /// <summary>Output lines that start like this are printed outside too, whether or not the tests pass.</summary>
    public const string Measured = "measured: ";

    private const string Inside = "WG_FLEET_TESTS_RUN";

    private readonly bool _isInside = Environment.GetEnvironmentVariable(Inside) == place;
    private string? _output;

    public async ValueTask InitializeAsync()
    {
        if (_isInside || await FindAsync() is not { } prefix)
            return;

        // The place may start with an empty environment, so the program is told where the runtime is.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        _output = await RunAsync([
            .. prefix, "env", $"DOTNET_ROOT={dotnet}", $"{Inside}={place}", Environment.ProcessPath!,
            "--filter-trait", $"Runs={place}", "--output", "Detailed", "--no-ansi", "--no-progress"]);
        foreach (var line in _output.Split('\n').Where(line => line.StartsWith(Measured, StringComparison.Ordinal)))
            Console.WriteLine(line);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a test if this is the place; elsewhere reports how it ended there.</summary>
    public async Task RunAsync(Func<Task> test)
    {
        if (_isInside)
        {
            await test();
            return;
        }

        if (_output is null)
            Assert.Skip(skipReason);

        if (!_output.Contains($"passed {TestContext.Current.Test!.TestDisplayName} (", StringComparison.Ordinal))
            Assert.Fail(_output);
    }

    /// <summary>Gives the words to put before a command to run it in the place; null if there is no such place.</summary>
    protected abstract Task<string[]?> FindAsync();

    protected static async Task<string> RunAsync(string[] command)
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
