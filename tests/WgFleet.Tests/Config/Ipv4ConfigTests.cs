using WgFleet.Config;

namespace WgFleet.Tests.Config;

/// <summary>Fleets with IPv4, beside IPv6 or alone.</summary>
public class Ipv4ConfigTests
{
    private const string Both = "    ip4: 10.7.0.1\n    subnet4: 10.7.0.0/16\n";
    private static readonly string Alone = Yaml.Minimal.Replace("    ip6: fd00:a0a8:34d:a0::1\n", "").Replace("    subnet: fd00:a0a8:34d:a0::/64\n", "");

    [Fact]
    public void A_fleet_may_have_IPv4_beside_IPv6_or_alone()
    {
        var both = Yaml.Valid(Yaml.Minimal + Both).Fleets[0];
        both.Networks.Select(n => n.Subnet.ToString()).ShouldBe(["fd00:a0a8:34d:a0::/64", "10.7.0.0/16"]);
        both.Network4.ShouldBe(both.SecondNetwork);

        var alone = Yaml.Valid(Alone + Both).Fleets[0];
        (alone.Network, alone.SecondNetwork, alone.Network4).ShouldBe((both.SecondNetwork!, null, both.SecondNetwork));
    }

    [Theory]
    [InlineData("    ip4: 10.7.0.1\n", "FILE:4: fleets.alpha.subnet4: is missing, use one such as 10.7.0.0/16")]
    [InlineData("    subnet4: 10.7.0.0/16\n", "FILE:4: fleets.alpha.ip4: is missing, use one such as 10.7.0.1, without prefix")]
    [InlineData("    ip4: 10.7.0.300\n    subnet4: 10.7.0.0/16\n", "FILE:9: fleets.alpha.ip4: '10.7.0.300' is not an IPv4 address, use one such as 10.7.0.1, without prefix")]
    [InlineData("    ip4: 127.0.0.1\n    subnet4: 127.0.0.0/16\n", "FILE:9: fleets.alpha.ip4: '127.0.0.1' is not an address that a host can have, use one such as 10.7.0.1, without prefix")]
    [InlineData("    ip4: 10.7.0.1\n    subnet4: fd00::/64\n", "FILE:10: fleets.alpha.subnet4: 'fd00::/64' is not an IPv4 subnet, use one such as 10.7.0.0/16")]
    [InlineData("    ip4: 10.7.0.1\n    subnet4: 10.7.0.1/32\n", "FILE:10: fleets.alpha.subnet4: '10.7.0.1/32' has no room for a client beside the gateway, use one such as 10.7.0.0/16")]
    [InlineData("    ip4: 10.8.0.1\n    subnet4: 10.7.0.0/16\n", "FILE:9: fleets.alpha.ip4: 10.8.0.1 is not in the subnet, use an address of 10.7.0.0/16")]
    [InlineData("    ip4: 10.7.0.0\n    subnet4: 10.7.0.0/16\n", "FILE:9: fleets.alpha.ip4: 10.7.0.0 is the network's own or its broadcast address, use another of 10.7.0.0/16")]
    [InlineData("    ip4: 10.7.255.255\n    subnet4: 10.7.0.0/16\n", "FILE:9: fleets.alpha.ip4: 10.7.255.255 is the network's own or its broadcast address, use another of 10.7.0.0/16")]
    [InlineData("    ip4: 203.0.113.1\n    subnet4: 203.0.113.0/24\n", "FILE:10: fleets.alpha.subnet4: 203.0.113.0/24 contains external_ip 203.0.113.7, by which clients reach the gateway; use another")]
    [InlineData(Both + "    routes: [::/0, 192.168.0.0/16, 0.0.0.0/0]\n", "")]
    public void Wrong_IPv4_is_refused(string keys, string wrong) => Yaml.Problems(Yaml.Minimal + keys).ShouldBe(wrong);

    [Fact]
    public void IPv6_routes_of_a_fleet_with_IPv4_alone_are_refused() => Yaml.Problems(Alone + Both + "    routes: ['fd00:1::/32']\n")
        .ShouldBe("FILE:9: fleets.alpha.routes[0]: fd00:1::/32 is IPv6, which clients have no address for in the tunnel; use IPv4 networks");

    [Fact]
    public void Fleets_whose_IPv4_subnets_overlap_are_refused() => Yaml.Problems(Yaml.Minimal + Both + Yaml.Beta + "    ip4: 10.7.9.1\n    subnet4: 10.7.9.0/24\n")
        .ShouldBe("FILE:17: fleets.beta.subnet4: 10.7.9.0/24 overlaps fleets.alpha's 10.7.0.0/16 (line 10), use another");

    [Theory]
    [InlineData("10.7.0.0/24", "10.7.0.2", true)]
    [InlineData("10.7.0.0/24", "10.7.0.0", false)]
    [InlineData("10.7.0.0/24", "10.7.0.1", false)]
    [InlineData("10.7.0.0/24", "10.7.0.255", false)]
    [InlineData("10.7.0.0/24", "10.7.1.2", false)]
    [InlineData("10.7.0.0/31", "10.7.0.0", true)]
    [InlineData("10.7.0.0/31", "10.7.0.1", false)]
    [InlineData("10.7.0.0/16", "10.7.0.255", true)]
    [InlineData("fd00::/64", "fd00::ffff:ffff:ffff:ffff", true)]
    public void The_gateways_address_and_reserved_ones_are_not_given(string subnet, string address, bool may) =>
        Some.Network(subnet).MayAssign(System.Net.IPAddress.Parse(address)).ShouldBe(may);
}
