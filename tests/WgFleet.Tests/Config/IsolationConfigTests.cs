using WgFleet.Config.Isolation;

namespace WgFleet.Tests.Config;

/// <summary>The keys peers and allow of a fleet.</summary>
public class IsolationConfigTests
{
    private const string ListUse = "use a list of rules, each with the keys from and to, and ports if not all";
    private const string WhoUse = "use a tag such as role=monitoring, or \"*\" for all clients";
    private const string PortUse = "use one such as tcp/22, udp/161 or tcp/9100-9110";

    [Theory]
    [InlineData("peers: 1", "peers: 1 is neither true nor false, use true or false")]
    [InlineData("allow:", "allow: has no value, " + ListUse)]
    [InlineData("allow: all", "allow: is 'all', " + ListUse)]
    [InlineData("allow: [all]", "allow[0]: is 'all', " + ListUse)]
    [InlineData("allow: [{to: \"*\"}]", "allow[0].from: is missing, " + WhoUse)]
    [InlineData("allow: [{from: monitoring, to: \"*\"}]", "allow[0].from: 'monitoring' is not a tag, " + WhoUse)]
    [InlineData("allow: [{from: \"a=b\\\" accept\", to: \"*\"}]", "allow[0].from: 'a=b\" accept' is not a tag, " + WhoUse)]
    [InlineData("allow: [{from: a=b, to: \"*\", ports: [9100]}]", "allow[0].ports[0]: 9100 is not a port with its protocol, " + PortUse)]
    [InlineData("allow: [{from: a=b, to: \"*\", ports: [icmp/1]}]", "allow[0].ports[0]: 'icmp/1' is not a port with its protocol, " + PortUse)]
    [InlineData("allow: [{from: a=b, to: \"*\", ports: [tcp/65536]}]", "allow[0].ports[0]: 'tcp/65536' is not from 1 to 65535, " + PortUse)]
    [InlineData("allow: [{from: a=b, to: \"*\", ports: [tcp/9-8]}]", "allow[0].ports[0]: 'tcp/9-8' ends before it begins, " + PortUse)]
    [InlineData("allow: [{from: a=b, to: \"*\", ports: []}]", "allow[0].ports: is an empty list, use a list of ports, such as [tcp/22, udp/161]")]
    [InlineData("allow: [{from: a=b, to: \"*\", port: 1}]", "allow[0]: unknown key 'port', did you mean 'ports'?")]
    public void A_rule_that_cannot_be_understood_is_refused(string line, string problem) =>
        Yaml.Problems(Yaml.Minimal + $"    {line}\n").ShouldContain($"fleets.alpha.{problem}");

    [Fact]
    public void A_fleet_without_the_keys_is_left_to_the_host_and_tells_its_clients_nothing()
    {
        var fleet = Yaml.Valid(Yaml.Minimal).Fleets[0];

        fleet.Isolation.ShouldBeNull();
        fleet.TunnelMark.ShouldBeNull();
    }

    [Fact]
    public void Rules_are_read_and_the_clients_are_told_the_subnet()
    {
        var fleet = Yaml.Valid(Yaml.Minimal + "    allow: [{from: job=monitoring, to: \"*\", ports: [tcp/9100-9110, udp/161]}]\n").Fleets[0];

        var rule = fleet.Isolation.ShouldNotBeNull().Allow.ShouldHaveSingleItem();
        fleet.Isolation.Peers.ShouldBeFalse();
        (rule.From, rule.To).ShouldBe((new ClientTag("job", "monitoring"), null));
        rule.Ports.ShouldBe([new("tcp", 9100, 9110), new("udp", 161, 161)]);
        fleet.Client.Routes.ShouldBe([fleet.Network.Subnet]);
    }
}
