using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Hooks;

namespace WgFleet.Benchmarks.Micro;

/// <summary>What it costs to call a hook that does nothing: thread change, time limit and isolation, once per event and handler.</summary>
public class HookCall
{
    private readonly HookRunner _runner =
        new("nothing", TimeSpan.FromSeconds(10), new HookStatus(), TimeProvider.System, NullLogger.Instance);

    [Benchmark(Description = "one call of a hook")]
    public async Task<bool> Call() => await _runner.RunAsync(_ => ValueTask.CompletedTask, CancellationToken.None) is null;
}
