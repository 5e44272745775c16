namespace WgFleet.Tests.Config;

/// <summary>A fleet's name is refused where a place that it gets into could not have it, or could not tell it from another.</summary>
public class FleetNamesTests
{
    [Fact]
    public void A_fleet_that_appears_twice_is_refused() =>
        Yaml.Problems(Yaml.Minimal + Yaml.Beta.Replace("beta", "alpha")).ShouldBe("FILE:9: fleets.alpha: is a fleet on line 4 already, use another name");

    [Fact]
    public void Two_fleets_whose_names_differ_only_in_case_are_refused() =>
        Yaml.Problems(Yaml.Minimal + Yaml.Beta.Replace("beta", "Alpha")).ShouldBe("FILE:9: fleets.Alpha: is the same name as 'alpha' (line 4) in DNS, use another");

    [Theory]
    [InlineData("-x")]
    [InlineData("x-")]
    [InlineData("-")]
    public void A_name_that_is_not_a_DNS_label_is_refused(string name) =>
        Yaml.Problems(Yaml.Replaced(4, $"  \"{name}\":")).ShouldBe($"FILE:4: fleets.{name}: is not a label of a DNS name, use one without - at its ends");

    [Theory]
    [InlineData(183, true)]
    [InlineData(184, false)]
    public void A_domain_that_leaves_no_room_for_the_longest_name_is_refused(int length, bool fits)
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('a', 45), 4)) + new string('a', length - 183);

        var text = Yaml.Replaced(1, $"domain: {domain}");

        if (fits)
            Yaml.Load(text).Config.ShouldNotBeNull().Domain.Length.ShouldBe(length);
        else
            Yaml.Problems(text).ShouldBe("FILE:4: fleets.alpha: makes machines' names longer than DNS allows, use a domain of at most 183 characters");
    }

    [Theory]
    [InlineData("all")]
    [InlineData("ungrouped")]
    public void A_fleet_named_like_a_built_in_Ansible_group_is_a_warning(string name) =>
        Yaml.Warnings(Yaml.Replaced(4, $"  {name}:")).ShouldBe($"FILE:4: fleets.{name}: is a built-in group of Ansible, use another name if you make an inventory");
}
