namespace WgFleet.Tests.Config;

public class ServerProblemTests
{
    private const string ListenUse = "use one such as 0.0.0.0:8000 or \"[::]:8000\"";

    [Theory]
    [InlineData("", "has no value")]
    [InlineData("5", "5 is not a DNS name")]
    [InlineData("true", "true is not a DNS name")]
    [InlineData("fleet example", "'fleet example' is not a DNS name")]
    [InlineData(".example.com", "'.example.com' is not a DNS name")]
    [InlineData("192.0.2.1", "'192.0.2.1' is not a DNS name")]
    [InlineData("[a]", "is a list")]
    public void An_invalid_domain_is_refused(string value, string wrong) =>
        Yaml.Problems(Yaml.Replaced(1, $"domain: {value}")).ShouldBe($"FILE:1: domain: {wrong}, use one such as fleet.example.com");

    [Theory]
    [InlineData("5", "5 is not a duration")]
    [InlineData("", "has no value")]
    [InlineData("''", "'' is not a duration")]
    [InlineData("0m", "'0m' is too short")]
    [InlineData("500ms", "'500ms' is too short")]
    [InlineData("-5m", "'-5m' is not a duration")]
    [InlineData("junk1mjunk", "'junk1mjunk' is not a duration")]
    [InlineData("1:30", "'1:30' is not a duration")]
    [InlineData("{h: 1}", "is a mapping")]
    public void An_invalid_prune_timeout_is_refused(string value, string wrong) =>
        Yaml.Problems(Yaml.Replaced(2, $"prune_timeout: {value}"))
            .ShouldBe($"FILE:2: prune_timeout: {wrong}, use 1s to 3650d, such as 90s, 30m, 1h30m or 2d");

    [Fact]
    public void A_missing_required_key_is_refused() => Yaml.Problems("# nothing but\nprune_grace: 1m\n").ShouldBe("""
        FILE:2: domain: is missing, use one such as fleet.example.com
        FILE:2: prune_timeout: is missing, use 1s to 3650d, such as 90s, 30m, 1h30m or 2d
        FILE:2: fleets: is missing, use a mapping of one fleet or more by name
        """);

    [Theory]
    [InlineData("prune_interval: 999ms", "prune_interval: '999ms' is too short, use 1s to 30d, such as 90s, 5m or 1h")]
    [InlineData("prune_interval: 31d", "prune_interval: '31d' is too long, use 1s to 30d, such as 90s, 5m or 1h")]
    [InlineData("prune_grace: 180", "prune_grace: 180 is not a duration, use 0s to 30d, such as 90s, 3m or 0s for none")]
    [InlineData("prune_limit: 50", "prune_limit: 50 is not a percentage, use 1% to 100%, such as 50%")]
    [InlineData("prune_limit: 0.5", "prune_limit: 0.5 is not a percentage, use 1% to 100%, such as 50%")]
    [InlineData("prune_limit: 50 %", "prune_limit: '50 %' is not a percentage, use 1% to 100%, such as 50%")]
    [InlineData("prune_limit: 050%", "prune_limit: '050%' is not a percentage, use 1% to 100%, such as 50%")]
    [InlineData("prune_limit: 0%", "prune_limit: '0%' is too small, use 1% to 100%, such as 50%")]
    [InlineData("prune_limit: 101%", "prune_limit: '101%' is too large, use 1% to 100%, such as 50%")]
    [InlineData("prune_limit_from: 0", "prune_limit_from: 0 is too small, use 1 to 1000000")]
    [InlineData("prune_limit_from: ten", "prune_limit_from: 'ten' is not an integer, use 1 to 1000000")]
    [InlineData("database: clients.db", "database: 'clients.db' is not an absolute path, use a file's full path, from /")]
    [InlineData("database: ~/clients.db", "database: '~/clients.db' is not an absolute path, use a file's full path, from /")]
    [InlineData("database: {postgresql: fleet.secret}", "database.postgresql: is not an absolute path, use the full path, from /, of a file that holds the secret")]
    [InlineData("database: {}", "database.postgresql: is missing, use the full path, from /, of a file that holds the secret")]
    [InlineData("database: /srv/", "database: '/srv/' is a directory, use a file's full path, from /")]
    [InlineData("hosts_file: ''", "hosts_file: '' is not an absolute path, use a file's full path, from /")]
    [InlineData("hosts_file: \"/run/a\\nb\"", "hosts_file: '/run/a\\nb' has a control character, use a file's full path, from /")]
    [InlineData("prometheus_file: 5", "prometheus_file: 5 is not an absolute path, use a file's full path, from /")]
    [InlineData("prometheus_file: /run/wg_fleet_hosts", "prometheus_file: /run/wg_fleet_hosts is hosts_file's file already, use another")]
    [InlineData("database: /run/wg_fleet_hosts", "hosts_file: /run/wg_fleet_hosts is database's file already, use another")]
    [InlineData("wireguard_directory: wireguard", "wireguard_directory: 'wireguard' is not an absolute path, use a directory's full path, from /")]
    [InlineData("prometheus_port: 0", "prometheus_port: 0 is not a port, use 1 to 65535")]
    [InlineData("metrics_allow: [10.0.0.1]", "metrics_allow[0]: '10.0.0.1' has no prefix length, use one such as 10.0.0.0/8 or fd00::/8")]
    [InlineData("trusted_proxies: 192.0.2.10/32", "trusted_proxies: is '192.0.2.10/32', use a list of networks, such as [192.0.2.10/32]")]
    [InlineData("trusted_proxies: [192.0.2.10]", "trusted_proxies[0]: '192.0.2.10' has no prefix length, use one such as 10.0.0.0/8 or fd00::/8")]
    [InlineData("trusted_proxies: [0.0.0.0/0]", "trusted_proxies[0]: 0.0.0.0/0 trusts every address, use the addresses of your proxies")]
    [InlineData("trusted_proxies: ['fd00:a0a8:34d:a0::1/128']", "trusted_proxies[0]: fd00:a0a8:34d:a0::1/128 overlaps fleets.alpha's subnet fd00:a0a8:34d:a0::/64, whose machines could then pass for each other; use the addresses of your proxies")]
    [InlineData("trusted_proxies: [192.0.2.10/32, 'fd00::/8']", "trusted_proxies[1]: fd00::/8 overlaps fleets.alpha's subnet fd00:a0a8:34d:a0::/64, whose machines could then pass for each other; use the addresses of your proxies")]
    [InlineData("metrics_allow: 10.0.0.0/8", "metrics_allow: is '10.0.0.0/8', use a list of networks, such as [127.0.0.0/8]")]
    [InlineData("listen: 8000", "listen: 8000 is not an address and a port, " + ListenUse)]
    [InlineData("listen: localhost:8000", "listen: 'localhost:8000' is not an address and a port, " + ListenUse)]
    [InlineData("listen: 0.0.0.0", "listen: '0.0.0.0' is not an address and a port, " + ListenUse)]
    [InlineData("listen: 0.0.0.0:0", "listen: '0.0.0.0:0' is not an address and a port, " + ListenUse)]
    [InlineData("listen: 0.0.0.0:65536", "listen: '0.0.0.0:65536' is not an address and a port, " + ListenUse)]
    [InlineData("listen: ':::8000'", "listen: ':::8000' is not an address and a port, " + ListenUse)]
    [InlineData("listen: '[fe80::1%eth0]:8000'", "listen: '[fe80::1%eth0]:8000' is not an address and a port, " + ListenUse)]
    [InlineData("listen:", "listen: has no value, " + ListenUse)]
    [InlineData("listen: []", "listen: is an empty list, " + ListenUse)]
    [InlineData("listen: {a: b}", "listen: is a mapping, " + ListenUse)]
    [InlineData("listen: [127.0.0.1:80, 127.1:80]", "listen[1]: '127.1:80' is not an address and a port, " + ListenUse)]
    [InlineData("listen: ['[::1]:80', '[0::1]:80']", "listen[1]: [::1]:80 is listed already, list it once")]
    [InlineData("public_url: fleet.example.com", "public_url: 'fleet.example.com' is not an http or https URL of a host, without a path, use one such as https://fleet.example.com")]
    [InlineData("public_url: https://fleet.example.com/wg", "public_url: 'https://fleet.example.com/wg' is not an http or https URL of a host, without a path, use one such as https://fleet.example.com")]
    [InlineData("public_url: \"https://x';reboot;'\"", "public_url: 'https://x';reboot;'' is not an http or https URL of a host, without a path, use one such as https://fleet.example.com")]
    [InlineData("hook: []", "unknown key 'hook', did you mean 'hooks'?")]
    [InlineData("prune_timout: 5m", "unknown key 'prune_timout', did you mean 'prune_timeout'?")]
    [InlineData("gateway: {name: gw1, key_file: /etc/key}", "gateway: several gateways need a database that they share, use 'database: {postgresql: FILE}'; with SQLite there is one gateway")]
    [InlineData("log_level: debug", "unknown key 'log_level', allowed are domain, prune_timeout, fleets, listen, database, hosts_file, prometheus_file, prometheus_port, wireguard_directory, prune_interval, prune_grace, prune_limit, prune_limit_from, offline_after, metrics_allow, otlp_endpoint, admin_socket, read_allow, dashboard_hosts, public_url, trusted_proxies, oidc, prometheus_keep, tombstone_keep, tls, enrollment, enrollment_allow, enrollment_rate, hostnames, hooks, gateway")]
    public void An_invalid_optional_key_is_refused(string line, string problem) =>
        Yaml.Problems(Yaml.Minimal + line + "\n").ShouldBe($"FILE:9: {problem}");

    [Theory]
    [InlineData("often")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1m")]
    [InlineData("1,5")]
    [InlineData("1e3")]
    [InlineData(" ")]
    [InlineData("0.0001")]
    [InlineData("2592001")]
    [InlineData("NaN")]
    [InlineData("99999999999999999999999999999999999")]
    public void An_invalid_prune_interval_in_the_environment_is_refused(string seconds) =>
        Yaml.Problems(Yaml.Minimal, seconds).ShouldBe($"WG_FLEET_PRUNE_INTERVAL: '{seconds}' is not a number of seconds, use 0.001 to 2592000");

    [Fact]
    public void An_invalid_prune_interval_in_the_file_is_refused_even_if_the_environment_overrides_it() =>
        Yaml.Problems(Yaml.Minimal + "prune_interval: 5\n", "300")
            .ShouldBe("FILE:9: prune_interval: 5 is not a duration, use 1s to 30d, such as 90s, 5m or 1h");
}
