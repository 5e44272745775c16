using WgFleet.SystemTests.Events;
using WgFleet.SystemTests.Fleets;
using WgFleet.SystemTests.Kernel;
using WgFleet.SystemTests.Speed;
using WgFleet.SystemTests.Tunnels;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(WgFleet.SystemTests.Harness.LongestFirst))]

namespace WgFleet.SystemTests.Harness;

/// <summary>Has the classes that take longest, most of it waiting, start first, so that the others are done meanwhile.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(HundredMachinesTests), nameof(GrossRegressionTests), nameof(KernelWireGuardTests), nameof(KillTests), nameof(JoinTroubleTests), nameof(JoinScriptTests),
        nameof(JoinIdentityTests), nameof(RecoveryTests), nameof(KeepaliveTests), nameof(JoinUseTests),
    ];

    // At the end: xunit hands all of them to the thread pool at once, which begins with what it was given last.
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => Array.FindIndex(Longest, name => c.TestCollectionDisplayName.Contains($".{name} ", StringComparison.Ordinal)))];
}
