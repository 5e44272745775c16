using Xunit.v3;

namespace WgFleet.SystemTests.Harness;

/// <summary>Marks tests that take minutes: <c>./test --all</c> runs them, plain <c>./test</c> names them at its end.</summary>
/// <param name="because">Why they take so long, for who reads the test.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OnlyInAllAttribute(string because) : Attribute, ITraitAttribute
{
    public string Because { get; } = because;

    // ./test filters by this name and value.
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Run", "All")];
}
