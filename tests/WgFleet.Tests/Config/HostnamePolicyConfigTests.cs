using WgFleet.Config;

namespace WgFleet.Tests.Config;

/// <summary>Who gets a name, as the file says it.</summary>
public class HostnamePolicyConfigTests
{
    [Fact]
    public void A_taken_name_gets_a_number_by_default() => Yaml.Valid(Yaml.Minimal).Fleets[0].Hostnames.ShouldBe(HostnamePolicy.Suffix);

    [Fact]
    public void The_key_above_the_fleets_is_for_all_fleets_without_their_own() =>
        Yaml.Valid(Yaml.Minimal + Yaml.Beta + "    hostnames: refuse\nhostnames: takeover\n").Fleets.Select(f => f.Hostnames).ShouldBe([HostnamePolicy.Takeover, HostnamePolicy.Refuse]);

    [Theory]
    [InlineData("hostnames: takover", "hostnames: 'takover' is not a policy for names (did you mean 'takeover'?), use suffix, takeover, refuse or roster")]
    [InlineData("hostnames: true", "hostnames: true is not a policy for names, use suffix, takeover, refuse or roster")]
    [InlineData("hostnames:", "hostnames: has no value, use suffix, takeover, refuse or roster")]
    public void An_invalid_policy_is_reported_with_its_line(string line, string problem)
    {
        Yaml.Problems(Yaml.Minimal + line + "\n").ShouldBe($"FILE:9: {problem}");
        Yaml.Problems(Yaml.Minimal + "    " + line + "\n").ShouldBe("FILE:9: fleets.alpha." + problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("    ")]
    public void Names_of_a_roster_need_a_roster(string indent) => Yaml.Problems(Yaml.Minimal + indent + "hostnames: roster\n").ShouldBe(
        "FILE:9: fleets.alpha.hostnames: is roster, but the fleet has no roster, name its file in fleets.alpha.roster or use suffix, takeover or refuse");
}
