namespace WgFleet.Tests.Config;

public class FleetProblemTests
{
    private const string Ip6Use = "use one such as fd00:a0a8:34d:a0::1, without prefix or zone";
    private const string SubnetUse = "use one such as fd00:a0a8:34d:a0::/64";
    private const string ExternalIpUse = "use an IPv4 address, an IPv6 address (quoted if in brackets) or a DNS name, without port";

    [Theory]
    [InlineData("70000", "70000 is not a port")]
    [InlineData("0", "0 is not a port")]
    [InlineData("-1", "-1 is not a port")]
    [InlineData("65536", "65536 is not a port")]
    [InlineData("0x10000", "0x10000 is not a port")]
    [InlineData("99999999999999999999", "99999999999999999999 is not a port")]
    [InlineData("\"51820\"", "'51820' is text, not an integer: drop the quotes")]
    [InlineData("!!str 51820", "'51820' is text, not an integer: drop the quotes")]
    [InlineData("51820.0", "51820.0 is not an integer")]
    [InlineData("5e4", "5e4 is not an integer")]
    [InlineData(".inf", ".inf is not an integer")]
    [InlineData("true", "true is not an integer")]
    [InlineData("http", "'http' is not an integer")]
    [InlineData("51820/udp", "'51820/udp' is not an integer")]
    [InlineData("0123", "0123 is octal to some readers of YAML: write it in decimal")]
    [InlineData("0o123", "0o123 is octal to some readers of YAML: write it in decimal")]
    [InlineData("1:30", "'1:30' is in base 60 to some readers of YAML: write it in decimal")]
    [InlineData("", "has no value")]
    [InlineData("~", "has no value")]
    [InlineData("[51820]", "is a list")]
    [InlineData("{a: 1}", "is a mapping")]
    public void An_invalid_port_is_refused(string value, string wrong) =>
        Yaml.Problems(Yaml.Replaced(8, $"    port: {value}")).ShouldBe($"FILE:8: fleets.alpha.port: {wrong}, use 1 to 65535");

    [Theory]
    [InlineData("192.0.2.1", "'192.0.2.1' is not an IPv6 address")]
    [InlineData("fd00:a0a8:34d:a0::1/64", "'fd00:a0a8:34d:a0::1/64' is not an IPv6 address")]
    [InlineData("fe80::1%eth0", "'fe80::1%eth0' is not an IPv6 address")]
    [InlineData("fd00::1%1", "'fd00::1%1' is not an IPv6 address")]
    [InlineData("\"[fd00::1]\"", "'[fd00::1]' is not an IPv6 address")]
    [InlineData("\"[fd00::1]:80\"", "'[fd00::1]:80' is not an IPv6 address")]
    [InlineData("nonsense", "'nonsense' is not an IPv6 address")]
    [InlineData("fd00::1::2", "'fd00::1::2' is not an IPv6 address")]
    [InlineData("5", "5 is not an IPv6 address")]
    [InlineData("null", "has no value")]
    [InlineData("[fd00::1]", "is a list")]
    public void An_invalid_gateway_address_is_refused(string value, string wrong) =>
        Yaml.Problems(Yaml.Replaced(5, $"    ip6: {value}")).ShouldBe($"FILE:5: fleets.alpha.ip6: {wrong}, {Ip6Use}");

    [Theory]
    [InlineData("fd00:a0a8:34d:a1::1", "fd00:a0a8:34d:a1::1 is not in the subnet, use an address of fd00:a0a8:34d:a0::/64")]
    [InlineData("'fd00:a0a8:34d:a0::'", "fd00:a0a8:34d:a0:: is the subnet's router anycast address (RFC 4291, 2.6.1), use another of fd00:a0a8:34d:a0::/64")]
    public void A_gateway_address_that_does_not_fit_the_subnet_is_refused(string value, string wrong) =>
        Yaml.Problems(Yaml.Replaced(5, $"    ip6: {value}")).ShouldBe($"FILE:5: fleets.alpha.ip6: {wrong}");

    [Theory]
    [InlineData("10.0.0.0/24", "'10.0.0.0/24' is not an IPv6 subnet")]
    [InlineData("nonsense", "'nonsense' is not an IPv6 subnet")]
    [InlineData("fd00::%eth0/64", "'fd00::%eth0/64' is not an IPv6 subnet")]
    [InlineData("\"fd00:a0a8:34d:a0::\"", "'fd00:a0a8:34d:a0::' has no prefix length")]
    [InlineData("fd00:a0a8:34d:a0::/129", "'fd00:a0a8:34d:a0::/129' has no prefix length from 0 to 128")]
    [InlineData("fd00:a0a8:34d:a0::/-1", "'fd00:a0a8:34d:a0::/-1' has no prefix length from 0 to 128")]
    [InlineData("fd00:a0a8:34d:a0::/", "'fd00:a0a8:34d:a0::/' has no prefix length from 0 to 128")]
    [InlineData("fd00:a0a8:34d:a0::/64/64", "'fd00:a0a8:34d:a0::/64/64' has no prefix length from 0 to 128")]
    [InlineData("fd00:a0a8:34d:a0::1/128", "'fd00:a0a8:34d:a0::1/128' has no room for a client beside the gateway")]
    [InlineData("fd00:a0a8:34d:a0::/127", "'fd00:a0a8:34d:a0::/127' has no room for a client beside the gateway")]
    [InlineData("64", "64 is not an IPv6 subnet")]
    [InlineData("", "has no value")]
    public void An_invalid_subnet_is_refused(string value, string wrong) =>
        Yaml.Problems(Yaml.Replaced(6, $"    subnet: {value}")).ShouldBe($"FILE:6: fleets.alpha.subnet: {wrong}, {SubnetUse}");

    [Theory]
    [InlineData("", "has no value")]
    [InlineData("null", "has no value")]
    [InlineData("5", "5 is not an address")]
    [InlineData("1.5", "1.5 is not an address")]
    [InlineData("true", "true is not an address")]
    [InlineData("10.0.0.300", "'10.0.0.300' is not an address")]
    [InlineData("10.0.0", "'10.0.0' is not an address")]
    [InlineData("010.0.0.1", "'010.0.0.1' is not an address")]
    [InlineData("203.0.113.7:51820", "'203.0.113.7:51820' is not an address")]
    [InlineData("\"[2001:db8::7]:51820\"", "'[2001:db8::7]:51820' is not an address")]
    [InlineData("\"[203.0.113.7]\"", "'[203.0.113.7]' is not an address")]
    [InlineData("fe80::1%eth0", "'fe80::1%eth0' is not an address")]
    [InlineData("https://vpn.example.com", "'https://vpn.example.com' is not an address")]
    [InlineData("vpn.example.com.", "'vpn.example.com.' is not an address")]
    [InlineData("-vpn.example.com", "'-vpn.example.com' is not an address")]
    [InlineData("vpn..example.com", "'vpn..example.com' is not an address")]
    [InlineData("\"vpn.example.com\\n\"", "'vpn.example.com\\n' is not an address")]
    [InlineData("größe.example.com", "'größe.example.com' is not an address")]
    [InlineData("\"\"", "'' is not an address")]
    [InlineData("[2001:db8::7]", "is a list")]
    public void An_invalid_external_ip_is_refused(string value, string wrong) =>
        Yaml.Problems(Yaml.Replaced(7, $"    external_ip: {value}")).ShouldBe($"FILE:7: fleets.alpha.external_ip: {wrong}, {ExternalIpUse}");

    [Fact]
    public void A_DNS_label_has_at_most_63_characters_and_a_DNS_name_253()
    {
        var label = new string('a', 63);
        var name = $"{label}.{label}.{label}.{label[..61]}";

        Yaml.Valid(Yaml.Replaced(7, $"    external_ip: {name}")).Fleets[0].ExternalIp.Length.ShouldBe(253);
        Yaml.Problems(Yaml.Replaced(7, $"    external_ip: {name}a"))
            .ShouldBe($"FILE:7: fleets.alpha.external_ip: '{name[..60]}…' is not an address, {ExternalIpUse}");
        Yaml.Problems(Yaml.Replaced(7, $"    external_ip: {label}a.example.com"))
            .ShouldBe($"FILE:7: fleets.alpha.external_ip: '{label[..60]}…' is not an address, {ExternalIpUse}");
    }

    [Theory]
    [InlineData("Thirteen_char", "'Thirteen_char'")]
    [InlineData("a/b", "'a/b'")]
    [InlineData("a b", "'a b'")]
    [InlineData("a.b", "'a.b'")]
    [InlineData("\"\"", "''")]
    [InlineData("\"a\\n\"", "'a\\n'")]
    [InlineData("\"a\\e[2J\"", "'a\\u001b[2J'")]
    [InlineData("größe", "'größe'")]
    public void An_invalid_fleet_name_is_refused(string key, string shown) =>
        Yaml.Problems(Yaml.Replaced(4, $"  {key}:")).ShouldBe($"FILE:4: fleets: {shown} is not a fleet's name, use 1 to 12 of A-Z a-z 0-9 _ and -");

    [Fact]
    public void A_fleet_without_any_key_is_refused() => Yaml.Problems(Yaml.Minimal + "  beta: {}\n").ShouldBe($"""
        FILE:9: fleets.beta.ip6: is missing, {Ip6Use}
        FILE:9: fleets.beta.subnet: is missing, {SubnetUse}
        FILE:9: fleets.beta.external_ip: is missing, {ExternalIpUse}
        FILE:9: fleets.beta.port: is missing, use 1 to 65535
        """);

    [Theory]
    [InlineData("  beta:\n", "has no value")]
    [InlineData("  beta: 5\n", "is 5")]
    [InlineData("  beta: [a]\n", "is a list")]
    public void A_fleet_that_is_not_a_mapping_is_refused(string fleet, string wrong) =>
        Yaml.Problems(Yaml.Minimal + fleet).ShouldBe($"FILE:9: fleets.beta: {wrong}, use the keys ip6, subnet, external_ip and port");

    [Theory]
    [InlineData("", "FILE:1: fleets: is missing")]
    [InlineData("fleets:", "FILE:3: fleets: has no value")]
    [InlineData("fleets: {}", "FILE:3: fleets: has no fleet")]
    [InlineData("fleets: [alpha]", "FILE:3: fleets: is a list")]
    [InlineData("fleets: alpha", "FILE:3: fleets: is 'alpha'")]
    public void A_configuration_without_fleets_is_refused(string fleets, string wrong) =>
        Yaml.Problems($"domain: example.com\nprune_timeout: 30m\n{fleets}\n").ShouldBe($"{wrong}, use a mapping of one fleet or more by name");

    [Theory]
    [InlineData("subent", "unknown key 'subent', did you mean 'subnet'?")]
    [InlineData("IP6", "unknown key 'IP6', did you mean 'ip6'?")]
    [InlineData("external-ip", "unknown key 'external-ip', did you mean 'external_ip'?")]
    [InlineData("prot", "unknown key 'prot', did you mean 'port'?")]
    [InlineData("wg", "unknown key 'wg', allowed are ip6, subnet, ip4, subnet4, external_ip, port, enrollment, enrollment_allow, enrollment_rate, approval, hostnames, roster, phases, mtu, keepalive, routes, dns, preshared, peers, allow")]
    [InlineData("\"\"", "unknown key '', allowed are ip6, subnet, ip4, subnet4, external_ip, port, enrollment, enrollment_allow, enrollment_rate, approval, hostnames, roster, phases, mtu, keepalive, routes, dns, preshared, peers, allow")]
    public void An_unknown_key_of_a_fleet_is_refused(string key, string wrong) =>
        Yaml.Problems(Yaml.Minimal + $"    {key}: 5\n").ShouldBe($"FILE:9: fleets.alpha: {wrong}");

    [Theory]
    [InlineData("mtu: 1279", "mtu: 1279 is too small, use 1280 to 65535")]
    [InlineData("mtu: 65536", "mtu: 65536 is too large, use 1280 to 65535")]
    [InlineData("mtu: '1380'", "mtu: '1380' is text, not an integer: drop the quotes, use 1280 to 65535")]
    [InlineData("keepalive: 25", "keepalive: 25 is not a duration, use 0s to 1h, such as 25s, 1m or 0s for none")]
    [InlineData("keepalive: 500ms", "keepalive: '500ms' is not a whole number of seconds, use 0s to 1h, such as 25s, 1m or 0s for none")]
    [InlineData("keepalive: 2h", "keepalive: '2h' is too long, use 0s to 1h, such as 25s, 1m or 0s for none")]
    [InlineData("routes: 'fd00:1::/32'", "routes: is 'fd00:1::/32', use a list of IPv6 networks, such as [2001:db8:20::/48]")]
    [InlineData("routes: ['fd00:1::']", "routes[0]: 'fd00:1::' has no prefix length, use one such as 10.0.0.0/8 or fd00::/8")]
    [InlineData("routes: [10.0.0.0/8]", "routes[0]: 10.0.0.0/8 is IPv4, which clients have no address for in the tunnel; use IPv6 networks")]
    [InlineData("dns: 'fd00:1::1'", "dns: is 'fd00:1::1', use a list of addresses and domains, such as [\"fd00:a0a8:34d:a0::1\", fleet.example.com]")]
    [InlineData("dns: ['fd00:1::1', 10.0.0.300]", "dns[1]: '10.0.0.300' is neither an address nor a domain, use an address such as fd00:a0a8:34d:a0::1, or a domain such as fleet.example.com")]
    [InlineData("dns: ['fd00:1::1', '$(reboot)']", "dns[1]: '$(reboot)' is neither an address nor a domain, use an address such as fd00:a0a8:34d:a0::1, or a domain such as fleet.example.com")]
    [InlineData("dns: ['::']", "dns[0]: '::' is no address of a server, use an address such as fd00:a0a8:34d:a0::1, or a domain such as fleet.example.com")]
    [InlineData("dns: ['fd00:1::1', 'FD00:1:0::1']", "dns[1]: fd00:1::1 is listed already, list it once")]
    [InlineData("dns: [fleet.example.com]", "dns: has no address of a DNS server, which wg-quick(8) then does not use; add one")]
    [InlineData("dns: [10.0.0.1, a, b, c, d, e, f, g, h]", "dns: has 9 entries, use at most 8")]
    [InlineData("preshared: yes", "preshared: 'yes' is neither true nor false, use true or false")]
    public void What_clients_cannot_be_told_is_refused(string line, string wrong) => Yaml.Problems(Yaml.Minimal + $"    {line}\n").ShouldBe($"FILE:9: fleets.alpha.{wrong}");

    [Fact]
    public void DNS_servers_and_domains_are_read_as_wg_quick_reads_them() =>
        Yaml.Valid(Yaml.Minimal + "    dns: [\"FD00:a0a8:34d:a0:0::1\", 192.0.2.53, fleet.example.com]\n").Fleets[0].Client.Dns.ShouldBe(["fd00:a0a8:34d:a0::1", "192.0.2.53", "fleet.example.com"]);

    [Theory]
    [InlineData("")]
    [InlineData("public_url: http://fleet.example.com\n")]
    [InlineData("trusted_proxies: []\n")]
    public void Preshared_keys_without_TLS_are_warned_of(string more) => Yaml.Warnings(Yaml.Minimal + "    preshared: true\n" + more).ShouldBe(
        "FILE:9: fleets.alpha.preshared: machines can register only over TLS, but the server speaks none: set tls, or public_url to the https URL of a proxy that does");

    [Theory]
    [InlineData("    preshared: true\ntls: {certificate: /etc/ssl/a.pem, key: /etc/ssl/a.key}\n")]
    [InlineData("    preshared: true\ntrusted_proxies: [192.0.2.10/32]\n")]
    [InlineData("    preshared: true\npublic_url: https://fleet.example.com\n")]
    [InlineData("    preshared: false\n")]
    public void Preshared_keys_with_TLS_are_not_warned_of(string more) => Yaml.Valid(Yaml.Minimal + more).Fleets[0].Client.Preshared.ShouldBe(!more.Contains("false"));

    [Fact]
    public void A_route_that_the_tunnel_itself_would_take_is_refused_unless_it_is_the_default_route()
    {
        var outside = Yaml.Replaced(7, "    external_ip: 2001:db8::7");

        Yaml.Problems(outside + "    routes: ['2001:db8::/32']\n").ShouldBe(
            "FILE:9: fleets.alpha.routes[0]: 2001:db8::/32 contains external_ip 2001:db8::7, so the tunnel would go through itself; use networks without it");
        Yaml.Valid(outside + "    routes: ['::/0']\n").Fleets[0].Client.Routes.Single().PrefixLength.ShouldBe(0);
    }

    [Fact]
    public void Fleets_that_share_a_port_are_refused() =>
        Yaml.Problems(Yaml.Minimal + Yaml.Beta.Replace("51821", "51820"))
            .ShouldBe("FILE:13: fleets.beta.port: 51820 is fleets.alpha's port already (line 8), use another");

    [Theory]
    [InlineData("fd00:a0a8:34d:a0::/64")]
    [InlineData("fd00:a0a8:34d:a0:8000::/66")]
    [InlineData("fd00:a0a8::/32")]
    [InlineData("::/0")]
    public void Fleets_whose_subnets_overlap_are_refused(string subnet)
    {
        var gateway = subnet.Split('/')[0] + "b:1";

        Yaml.Problems(Yaml.Minimal + Yaml.Beta.Replace("fd00:a0a8:34d:b0::/64", subnet).Replace("fd00:a0a8:34d:b0::1", gateway))
            .ShouldBe($"FILE:11: fleets.beta.subnet: {subnet} overlaps fleets.alpha's fd00:a0a8:34d:a0::/64 (line 6), use another");
    }

    [Fact]
    public void Every_fleet_whose_subnet_lies_in_another_subnet_is_reported()
    {
        var narrow = string.Concat(Enumerable.Range(1, 3).Select(i =>
            $"  in{i}: {{ip6: 'fd00:a0a8:34d:a0:{i}::1', subnet: 'fd00:a0a8:34d:a0:{i}::/80', external_ip: gw, port: {i}}}\n"));

        Yaml.Problems(Yaml.Minimal + narrow + Yaml.Beta).ShouldBe("""
            FILE:9: fleets.in1.subnet: fd00:a0a8:34d:a0:1::/80 overlaps fleets.alpha's fd00:a0a8:34d:a0::/64 (line 6), use another
            FILE:10: fleets.in2.subnet: fd00:a0a8:34d:a0:2::/80 overlaps fleets.alpha's fd00:a0a8:34d:a0::/64 (line 6), use another
            FILE:11: fleets.in3.subnet: fd00:a0a8:34d:a0:3::/80 overlaps fleets.alpha's fd00:a0a8:34d:a0::/64 (line 6), use another
            """);
    }

    [Fact]
    public void Subnets_side_by_side_do_not_overlap() =>
        Yaml.Valid(Yaml.Minimal + Yaml.Beta.Replace("34d:b0", "34d:a1")).Fleets.Count.ShouldBe(2);
}
