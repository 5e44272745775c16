using System.Collections;
using System.Reflection;
using WgFleet.Cli.Rehearsals;
using WgFleet.Config;

namespace WgFleet.Tests.Cli.Rehearsals;

public class RehearsalConfigTests
{
    // All that the real server writes, calls or listens on is below /srv/real, at real.example.net, or of a port that begins with 45.
    private const string Real = """
        domain: fleet.example.com
        prune_timeout: 30m
        prune_limit: 20
        listen: 192.0.2.1:4580
        tls: {listen: 192.0.2.1:4581, certificate: /srv/real/cert.pem, key: /srv/real/key.pem}
        trusted_proxies: [192.0.2.0/24]
        database: {postgresql: /srv/real/postgresql.secret}
        hosts_file: /srv/real/hosts
        prometheus_file: /srv/real/targets.json
        wireguard_directory: /srv/real/wireguard
        admin_socket: /srv/real/admin.sock
        otlp_endpoint: http://real.example.net:4318/v1/metrics
        fleets:
          alpha:
            ip6: fd00:a0a8:34d:a0::1
            subnet: fd00:a0a8:34d:a0::/64
            external_ip: 203.0.113.7
            port: 51820
            enrollment: token
        enrollment_rate: {source: 5/m}
          beta:
            ip6: fd00:a0a8:34d:b0::1
            subnet: fd00:a0a8:34d:b0::/64
            external_ip: 203.0.113.7
            port: 51821
        hooks:
          exec_dirs: [HOOKS]
          list:
            - {name: chat, webhook: {url: "http://real.example.net/x", secret_file: /srv/real/secret, headers: {Authorization: file:/srv/real/header}}}
            - {name: zone, template: {file: bind-zone, path: "/srv/real/zone.{fleet}", after_write: {systemd_unit: named.service}}}
            - {name: table, template: {file: csv, path: /srv/real/table}}
            - {name: note, exec: {command: /srv/real/note, args: [/srv/real/notes]}, events: [client.added], max_attempts: 3}
            - {name: follow, stream: {command: /srv/real/follow, args: [a]}}
            - {name: dropped, max_attempts: 7}

        """;

    [Fact]
    public void Nothing_that_the_real_gateway_writes_or_calls_is_left()
    {
        using var folder = new Folder();
        var config = Load(folder);

        var found = Texts(RehearsalConfig.Of(config, "alpha", "/rehearsal")).ToList();

        Texts(config).Count(IsReal).ShouldBeGreaterThan(12);
        found.Where(IsReal).ShouldBeEmpty();
        found.ShouldNotContain(t => t.Contains(folder.Path, StringComparison.Ordinal));

        static bool IsReal(string text) => text.Contains("/srv/real", StringComparison.Ordinal) || text.Contains("real.example", StringComparison.Ordinal)
            || text.Contains("192.0.2.", StringComparison.Ordinal) || text.Contains("named.service", StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_the_fleet_and_of_its_hooks_are_those_of_the_real_gateway()
    {
        using var folder = new Folder();
        var config = Load(folder);

        var changed = RehearsalConfig.Of(config, "alpha", "/rehearsal");

        (changed.Domain, changed.PruneTimeout, changed.PruneLimit).ShouldBe((config.Domain, config.PruneTimeout, 20));
        var fleet = changed.Fleets.ShouldHaveSingleItem();
        fleet.Tunnel.ShouldBe(config.Fleets[0].Tunnel);
        fleet.Enrollment.IsOpen.ShouldBeTrue();
        fleet.Enrollment.SourceRate.ShouldBe(config.Fleets[0].Enrollment.SourceRate);
        changed.Hooks.List.Select(h => (h.Name, h.Kind?.Key, h.MaxAttempts)).ShouldBe(
            [("chat", "webhook", null), ("zone", "template", null), ("table", "template", null), ("note", "exec", 3), ("follow", "stream", null), ("dropped", "exec", 7)]);
        changed.Hooks.List[3].Events.ShouldBe(["client.added"]);
        ((TemplateConfig)changed.Hooks.List[1].Kind!).IsPerFleet.ShouldBeTrue();
    }

    [Fact]
    public void The_report_says_what_is_not_as_on_the_real_gateway()
    {
        using var folder = new Folder();
        var config = Load(folder);

        RehearsalConfig.Differences(config, config.Fleets[0]).Select(d => d.Split(' ')[1]).ShouldBe(["machines", "database", "went", "programs", "machine"], ignoreOrder: true);
        RehearsalConfig.Differences(Yaml.Valid(Yaml.Minimal), Yaml.Valid(Yaml.Minimal).Fleets[0]).ShouldHaveSingleItem().ShouldContain("no tunnels");
    }

    private static ServerConfig Load(Folder folder)
    {
        var dropIn = folder.File("50-dropped");
        File.WriteAllText(dropIn, "#!/bin/sh\n");
        File.SetUnixFileMode(dropIn, (UnixFileMode)0x1C0);
        var read = Yaml.Load(Real.Replace("HOOKS", folder.Path, StringComparison.Ordinal));
        read.Problems.ShouldBeEmpty();
        return read.Config!;
    }

    /// <summary>All texts below a value.</summary>
    private static IEnumerable<string> Texts(object? value, int depth = 0) => value switch
    {
        null => [],
        string text => [text],
        Uri or System.Net.IPEndPoint or System.Net.IPAddress => [value.ToString()!],
        IEnumerable list => list.Cast<object?>().SelectMany(v => Texts(v, depth + 1)),
        _ when depth > 8 || value.GetType().Namespace?.StartsWith("WgFleet", StringComparison.Ordinal) != true || value.GetType().IsEnum || value.GetType().Name == "SourceLocation" => [],
        _ => value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.GetIndexParameters().Length == 0)
            .SelectMany(p => Texts(p.GetValue(value), depth + 1)),
    };
}
