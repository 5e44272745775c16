using WgFleet.Config;

namespace WgFleet.Tests.Config;

/// <summary>Which machines wait for an operator, as the file says it.</summary>
public class ApprovalConfigTests
{
    [Fact]
    public void No_machine_waits_by_default() => Yaml.Valid(Yaml.Minimal).Fleets[0].Approval.ShouldBe(ApprovalPolicy.None);

    [Fact]
    public void Each_machine_of_a_fleet_waits_that_says_operator() => Yaml.Valid(Yaml.Minimal + "    approval: operator\n").Fleets[0].Approval.ShouldBe(ApprovalPolicy.Operator);

    [Theory]
    [InlineData("approval: operators", "'operators' is not a rule of approval (did you mean 'operator'?), use operator or roster")]
    [InlineData("approval: roster", "is roster, but the fleet has no roster, name its file in fleets.alpha.roster or use operator")]
    public void A_rule_that_cannot_be_kept_is_reported_with_its_line(string line, string problem) =>
        Yaml.Problems(Yaml.Minimal + "    " + line + "\n").ShouldBe($"FILE:9: fleets.alpha.approval: {problem}");
}
