using System.Net;
using WgFleet.Config;

namespace WgFleet.Tests.Config;

public class ConfigFileTests
{
    [Fact]
    public void A_minimal_file_gives_its_values_and_the_defaults()
    {
        var config = Yaml.Valid(Yaml.Minimal);

        config.Domain.ShouldBe("fleet.example.com");
        config.PruneTimeout.ShouldBe(TimeSpan.FromMinutes(30));
        config.PruneInterval.ShouldBe(TimeSpan.FromMinutes(5));
        config.PruneGrace.ShouldBe(TimeSpan.FromMinutes(3));
        (config.PruneLimit, config.PruneLimitFrom).ShouldBe((50, 10));
        config.Listen.ShouldBe([new IPEndPoint(IPAddress.Any, 8000), new IPEndPoint(IPAddress.IPv6Any, 8000)]);
        config.Database.ShouldBe("/var/lib/wg-fleet/clients.db");
        config.HostsFile.ShouldBe("/run/wg_fleet_hosts");
        config.PrometheusFile.ShouldBe("/run/prometheus_targets.json");
        config.PrometheusPort.ShouldBe(9100);
        config.WireGuardDirectory.ShouldBe("/etc/wireguard");
        config.Hooks.AwaitTimeout.ShouldBe(TimeSpan.FromSeconds(1));
        config.Hooks.List.ShouldBeEmpty();
        config.Fleets.ShouldBe(
        [
            new FleetConfig
            {
                Name = "alpha",
                Network = new FleetNetwork(IPAddress.Parse("fd00:a0a8:34d:a0::1"), "fd00:a0a8:34d:a0::1", IPNetwork.Parse("fd00:a0a8:34d:a0::/64")),
                ExternalIp = "203.0.113.7",
                Port = 51820,
            },
        ]);
    }

    [Fact]
    public void Every_optional_key_is_read()
    {
        var config = Yaml.Valid(Yaml.Minimal + """
            listen: ["127.0.0.1:8001", "[::1]:8002"]
            database: /srv/clients.db
            hosts_file: /srv/hosts
            prometheus_file: /srv/targets.json
            prometheus_port: 9101
            wireguard_directory: /srv/wireguard
            prune_interval: 90s
            prune_grace: 0s
            prune_limit: 100%
            prune_limit_from: 1_000
            hooks:
              await_timeout: 250ms
              list:
                - hosts_file
                - name: webhook
                  enabled: false
                  await: true
                  timeout: 1h 30m
                  min_interval: 500ms
                  settings: { url: http://127.0.0.1/x, retries: 0x10, verify: true, secret: "" }
            """);

        config.Listen.ShouldBe([IPEndPoint.Parse("127.0.0.1:8001"), IPEndPoint.Parse("[::1]:8002")]);
        config.Database.ShouldBe("/srv/clients.db");
        config.HostsFile.ShouldBe("/srv/hosts");
        config.PrometheusFile.ShouldBe("/srv/targets.json");
        config.PrometheusPort.ShouldBe(9101);
        config.WireGuardDirectory.ShouldBe("/srv/wireguard");
        config.PruneInterval.ShouldBe(TimeSpan.FromSeconds(90));
        config.PruneGrace.ShouldBe(TimeSpan.Zero);
        (config.PruneLimit, config.PruneLimitFrom).ShouldBe((100, 1000));
        config.Hooks.AwaitTimeout.ShouldBe(TimeSpan.FromMilliseconds(250));
        config.Hooks.List.Select(h => h.Name).ShouldBe(["hosts_file", "webhook"]);

        var plain = config.Hooks.List[0];
        (plain.Enabled, plain.Await, plain.Timeout, plain.MinInterval, plain.Settings.Count).ShouldBe((true, null, null, null, 0));

        var webhook = config.Hooks.List[1];
        (webhook.Enabled, webhook.Await, webhook.Timeout, webhook.MinInterval)
            .ShouldBe((false, true, TimeSpan.FromMinutes(90), TimeSpan.FromMilliseconds(500)));
        webhook.Settings.ShouldBe(new Dictionary<string, string>
        {
            ["url"] = "http://127.0.0.1/x", ["retries"] = "0x10", ["verify"] = "true", ["secret"] = "",
        }, ignoreOrder: true);
    }

    [Fact]
    public void All_problems_are_reported_at_once_in_the_order_of_their_lines()
    {
        Yaml.Problems("""
            domian: fleet.example.com
            prune_timeout: soon
            fleets:
              alpha:
                ip6: fd00:a0a8:34d:a0::1/64
                subent: fd00:a0a8:34d:a0::/64
                external_ip: null
                port: 70000
              beta: {ip6: "fd00:1::1", subnet: "fd00:1::/64", external_ip: vpn.example.com, port: "51820"}
              a/b:
            prune_interval: 5
            """, pruneInterval: "often").ShouldBe("""
            FILE:1: unknown key 'domian', did you mean 'domain'?
            FILE:1: domain: is missing, use one such as fleet.example.com
            FILE:2: prune_timeout: 'soon' is not a duration, use 1s to 3650d, such as 90s, 30m, 1h30m or 2d
            FILE:4: fleets.alpha.subnet: is missing, use one such as fd00:a0a8:34d:a0::/64
            FILE:5: fleets.alpha.ip6: 'fd00:a0a8:34d:a0::1/64' is not an IPv6 address, use one such as fd00:a0a8:34d:a0::1, without prefix or zone
            FILE:6: fleets.alpha: unknown key 'subent', did you mean 'subnet'?
            FILE:7: fleets.alpha.external_ip: has no value, use an IPv4 address, an IPv6 address (quoted if in brackets) or a DNS name, without port
            FILE:8: fleets.alpha.port: 70000 is not a port, use 1 to 65535
            FILE:9: fleets.beta.port: '51820' is text, not an integer: drop the quotes, use 1 to 65535
            FILE:10: fleets: 'a/b' is not a fleet's name, use 1 to 12 of A-Z a-z 0-9 _ and -
            FILE:10: fleets.a/b: has no value, use the keys ip6, subnet, external_ip and port
            FILE:11: prune_interval: 5 is not a duration, use 1s to 30d, such as 90s, 5m or 1h
            WG_FLEET_PRUNE_INTERVAL: 'often' is not a number of seconds, use 0.001 to 2592000
            """);
    }
}
