using System.Net;
using WgFleet.Config.Isolation;
using WgFleet.Fleets.Isolation;
using WgFleet.Fleets.State;

namespace WgFleet.Tests.Fleets.Isolation;

/// <summary>The text of a fleet's nftables table.</summary>
public class RulesetTests
{
    [Fact]
    public async Task The_table_has_the_operators_the_rules_and_the_routes_and_drops_all_else_of_the_fleet()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        var fleet = With(test.Alpha, new IsolationConfig(Peers: false,
            [new(new("job", "monitoring"), null, [new("tcp", 9100, 9110), new("udp", 161, 161), new("tcp", 22, 22)])]), client, "role", "operator");

        Ruleset.Of(fleet).ShouldBe($$"""
            table inet wg-fleet_alpha
            delete table inet wg-fleet_alpha
            table inet wg-fleet_alpha {
              set ip6_tag0 {
                type ipv6_addr
                comment "role=operator"
                elements = { {{client.Address}} }
              }
              set ip6_tag1 {
                type ipv6_addr
                comment "job=monitoring"
              }
              chain forward {
                type filter hook forward priority filter - 5; policy accept;
                iifname != "wg_alpha" oifname != "wg_alpha" accept
                ct state related accept
                ct state established ct direction reply accept
                iifname "wg_alpha" oifname "wg_alpha" goto clients
                iifname "wg_alpha" ip6 daddr 2001:db8:20::/48 accept
                drop
              }
              chain clients {
                ip6 saddr @ip6_tag0 accept
                ip6 saddr @ip6_tag1 tcp dport { 9100-9110, 22 } accept
                ip6 saddr @ip6_tag1 udp dport { 161 } accept
                drop
              }
            }

            """);
    }

    [Fact]
    public async Task With_peers_all_clients_reach_each_other_and_nothing_else()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();

        var text = Ruleset.Of(With(test.Alpha, new IsolationConfig(Peers: true, []), client, "a", "b")).ShouldNotBeNull();

        text.ShouldEndWith("    ip6 saddr @ip6_tag0 accept\n    accept\n  }\n}\n");
        text.ShouldContain("    drop\n  }\n  chain clients");
        text.ShouldNotContain(client.Address.ToString());
    }

    [Fact]
    public async Task A_fleet_without_the_keys_has_no_table()
    {
        await using var test = await TestRegistry.StartAsync();

        Ruleset.Of(test.Alpha).ShouldBeNull();
    }

    private static FleetSnapshot With(FleetSnapshot fleet, IsolationConfig isolation, RegisteredClient client, string key, string value) => fleet with
    {
        Config = fleet.Config with { Isolation = isolation, Client = fleet.Config.Client with { Routes = [fleet.Config.Network.Subnet, IPNetwork.Parse("2001:db8:20::/48")] } },
        ById = fleet.ById.SetItem(client.Id, client with { Tags = new Dictionary<string, string> { [key] = value } }),
    };
}
