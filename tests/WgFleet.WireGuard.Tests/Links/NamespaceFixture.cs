namespace WgFleet.WireGuard.Tests.Links;

/// <summary>A new network namespace of this kernel, in which this process may do as it likes.</summary>
public sealed class NamespaceFixture() : InnerRun(Place, "no network namespaces: run this as root")
{
    public const string Place = "in a network namespace";

    protected override async Task<string[]?> FindAsync() =>
        (await RunAsync(["unshare", "--net", "sh", "-c", "ip link set lo up && echo made"])).Contains("made")
            ? ["unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]
            : null;
}

/// <summary>The test classes that need a network namespace share one.</summary>
[CollectionDefinition(Name)]
public sealed class NamespaceNeeded : ICollectionFixture<NamespaceFixture>
{
    public const string Name = "namespace";
}
