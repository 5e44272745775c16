using System.Net;
using System.Text;
using WgFleet.Config;

namespace WgFleet.Tests.Config;

/// <summary>What people's files have always been allowed to look like.</summary>
public class AcceptedYamlTests
{
    private static readonly FleetConfig Alpha = Yaml.Valid(Yaml.Minimal).Fleets[0];

    [Fact]
    public void Document_markers_and_comments_are_accepted() =>
        Same("# of the fleet\n---\n" + Yaml.Minimal.Replace("30m", "30m # half an hour") + "...\n# the end\n");

    [Fact]
    public void A_version_directive_is_accepted() => Same("%YAML 1.2\n---\n" + Yaml.Minimal);

    [Fact]
    public void Windows_line_ends_are_accepted() => Same(Yaml.Minimal.Replace("\n", "\r\n"));

    [Fact]
    public void A_byte_order_mark_is_accepted()
    {
        var result = Yaml.Load([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Yaml.Minimal)]);

        result.Config.ShouldNotBeNull().Fleets.ShouldBe([Alpha]);
    }

    [Fact]
    public void Quoted_values_and_keys_are_accepted() => Same("""
        "domain": 'fleet.example.com'
        'prune_timeout': "30m"
        fleets:
          "alpha":
            ip6: "fd00:a0a8:34d:a0::1"
            subnet: 'fd00:a0a8:34d:a0::/64'
            external_ip: "203.0.113.7"
            port: 51820
        """);

    [Fact]
    public void Flow_style_is_accepted() => Same(
        "{domain: fleet.example.com, prune_timeout: 30m, fleets: {alpha: {ip6: fd00:a0a8:34d:a0::1, subnet: fd00:a0a8:34d:a0::/64, external_ip: 203.0.113.7, port: 51820}}}");

    [Fact]
    public void Json() => Same("""
        {"domain": "fleet.example.com", "prune_timeout": "30m",
         "fleets": {"alpha": {"ip6": "fd00:a0a8:34d:a0::1", "subnet": "fd00:a0a8:34d:a0::/64", "external_ip": "203.0.113.7", "port": 51820}}}
        """);

    [Fact]
    public void Tags_of_the_core_schema_are_accepted() =>
        Same(Yaml.Minimal.Replace("51820", "!!int \"51820\"").Replace("203.0.113.7", "!!str 203.0.113.7").Replace("alpha:", "!!str alpha: !!map"));

    [Theory]
    [InlineData("0xCA6C")]
    [InlineData("0xca_6c")]
    [InlineData("51_820")]
    [InlineData("+51820")]
    public void Other_spellings_of_an_integer_are_accepted(string port) => Same(Yaml.Replaced(8, $"    port: {port}"));

    [Fact]
    public void Anchors_and_merges_are_accepted()
    {
        var config = Yaml.Valid("""
            domain: fleet.example.com
            prune_timeout: 30m
            fleets:
              alpha: &first
                ip6: &gateway fd00:a0a8:34d:a0::1
                subnet: fd00:a0a8:34d:a0::/64
                external_ip: 203.0.113.7
                port: 51820
              beta:
                ip6: fd00:a0a8:34d:b0::1
                subnet: fd00:a0a8:34d:b0::/64
                <<: *first
                port: 51821
              gamma:
                <<: [{port: 51822, ip6: "fd00:a0a8:34d:c0::1"}, {port: 1, subnet: "fd00:a0a8:34d:c0::/64"}, *first]
            """);

        config.Fleets.ShouldBe(
        [
            Alpha,
            Alpha with { Name = "beta", Port = 51821, Network = new FleetNetwork(IPAddress.Parse("fd00:a0a8:34d:b0::1"), "fd00:a0a8:34d:b0::1", IPNetwork.Parse("fd00:a0a8:34d:b0::/64")) },
            Alpha with { Name = "gamma", Port = 51822, Network = new FleetNetwork(IPAddress.Parse("fd00:a0a8:34d:c0::1"), "fd00:a0a8:34d:c0::1", IPNetwork.Parse("fd00:a0a8:34d:c0::/64")) },
        ]);
    }

    [Fact]
    public void The_last_of_two_equal_keys_counts_and_a_warning_names_both_lines()
    {
        var text = Yaml.Minimal + "    port: 51821\ndomain: other.example.com\n";

        var config = Yaml.Load(text).Config.ShouldNotBeNull();
        config.Fleets.ShouldBe([Alpha with { Port = 51821 }]);
        config.Domain.ShouldBe("other.example.com");
        Yaml.Warnings(text).ShouldBe("""
            FILE:9: fleets.alpha.port: stands on line 8 already, the last one counts
            FILE:10: domain: stands on line 1 already, the last one counts
            """);
    }

    [Theory]
    [InlineData("123")]
    [InlineData("0123")]
    [InlineData("1e3")]
    [InlineData("on")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("\"off\"", "off")]
    [InlineData("Twelve_chars")]
    public void A_fleet_name_is_text_whatever_it_looks_like(string key, string? name = null)
    {
        var fleet = Yaml.Valid(Yaml.Replaced(4, $"  {key}:")).Fleets.ShouldHaveSingleItem();

        fleet.Name.ShouldBe(name ?? key);
        fleet.Interface.ShouldBe("wg_" + (name ?? key));
    }

    [Fact]
    public void Fleets_keep_the_order_of_the_file() =>
        Yaml.Valid(Yaml.Minimal.Replace("alpha", "zeta") + Yaml.Beta).Fleets.Select(f => f.Name).ShouldBe(["zeta", "beta"]);

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("2001:DB8::7")]
    [InlineData("\"[2001:DB8::7]\"", "2001:DB8::7")]
    [InlineData("::1")]
    [InlineData("vpn.example.com")]
    [InlineData("gateway")]
    [InlineData("VPN-1.example_net")]
    [InlineData("\"true\"", "true")]
    [InlineData("7seas.example")]
    public void An_external_ip_is_an_address_or_a_name_as_it_is_spelt(string written, string? read = null) =>
        Yaml.Valid(Yaml.Replaced(7, $"    external_ip: {written}")).Fleets[0].ExternalIp.ShouldBe(read ?? written);

    [Fact]
    public void The_gateways_address_keeps_its_spelling()
    {
        var fleet = Yaml.Valid(Yaml.Replaced(5, "    ip6: FD00:A0A8:034D:00a0:0::1")).Fleets[0];

        fleet.Network.GatewayText.ShouldBe("FD00:A0A8:034D:00a0:0::1");
        fleet.Network.Gateway.ShouldBe(IPAddress.Parse("fd00:a0a8:34d:a0::1"));
    }

    [Fact]
    public void Host_bits_of_a_subnet_are_dropped_with_a_warning()
    {
        var text = Yaml.Replaced(6, "    subnet: fd00:a0a8:34d:a0::5/61");

        Yaml.Load(text).Config.ShouldNotBeNull().Fleets[0].Network.Subnet.ShouldBe(IPNetwork.Parse("fd00:a0a8:34d:a0::/61"));
        Yaml.Warnings(text).ShouldBe("FILE:6: fleets.alpha.subnet: fd00:a0a8:34d:a0::5/61 has host bits set, taken as fd00:a0a8:34d:a0::/61");
    }

    [Theory]
    [InlineData("hooks:")]
    [InlineData("hooks: {}")]
    [InlineData("hooks:\n  list:\n")]
    [InlineData("hooks:\n  list: []\n")]
    public void A_hooks_section_without_content_is_accepted(string hooks) =>
        Yaml.Valid(Yaml.Minimal + hooks).Hooks.List.ShouldBeEmpty();

    [Theory]
    [InlineData("0.2", 200)]
    [InlineData("1", 1000)]
    [InlineData("2592000", 2592000000)]
    [InlineData("", 90000)]
    [InlineData(null, 90000)]
    public void The_environment_overrides_the_prune_interval(string? seconds, double milliseconds) =>
        Yaml.Load(Yaml.Minimal + "prune_interval: 90s\n", seconds).Config.ShouldNotBeNull()
            .PruneInterval.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    private static void Same(string text)
    {
        var config = Yaml.Valid(text);

        config.Domain.ShouldBe("fleet.example.com");
        config.PruneTimeout.ShouldBe(TimeSpan.FromMinutes(30));
        config.Fleets.ShouldBe([Alpha]);
    }
}
