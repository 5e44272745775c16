using System.Reflection;

namespace WgFleet.SystemTests.Changed;

/// <summary>The list of what is changed against the Python server has fifteen items; each has a test here.</summary>
public class AllChangesTests
{
    [Fact]
    public void Every_change_has_a_test()
    {
        var tested = typeof(AllChangesTests).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods().Cast<MemberInfo>().Append(t))
            .SelectMany(m => m.GetCustomAttributes<TraitAttribute>())
            .Where(t => t.Name == "Changed").Select(t => t.Value).Distinct();

        tested.ShouldBe(Enumerable.Range(1, 15).Select(i => $"{i}"), ignoreOrder: true);
    }
}
