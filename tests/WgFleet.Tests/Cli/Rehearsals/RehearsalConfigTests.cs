using System.Collections;
using System.Reflection;
using WgFleet.Cli.Rehearsals;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;

namespace WgFleet.Tests.Cli.Rehearsals;

public sealed class RehearsalConfigTests : IDisposable
{
    // All that the real server writes, runs, calls or listens on is below REAL, at real.example.net, or at 192.0.2.0/24.
    private const string Real = """
        domain: fleet.example.com
        prune_timeout: 30m
        prune_limit: 20%
        listen: 192.0.2.1:4580
        tls: {listen: 192.0.2.1:4581, certificate: REAL/cert.pem, key: REAL/key.pem}
        trusted_proxies: [192.0.2.0/24]
        database: {postgresql: REAL/postgresql.secret}
        hosts_file: REAL/hosts
        prometheus_file: REAL/targets.json
        wireguard_directory: REAL/wireguard
        admin_socket: REAL/admin.sock
        otlp_endpoint: http://real.example.net:4318/v1/metrics
        fleets:
          alpha:
            ip6: fd00:a0a8:34d:a0::1
            subnet: fd00:a0a8:34d:a0::/64
            external_ip: 203.0.113.7
            port: 51820
            enrollment: token
            enrollment_rate: {source: 5/m}
            preshared: true
            hostnames: refuse
          beta:
            ip6: fd00:a0a8:34d:b0::1
            subnet: fd00:a0a8:34d:b0::/64
            external_ip: 203.0.113.7
            port: 51821
        hooks:
          exec_dirs: [REAL/hooks.d]
          list:
            - {name: chat, webhook: {url: "http://real.example.net/x", secrets: [REAL/secret], headers: {Authorization: file:REAL/header}}}
            - {name: zone, template: {file: bind-zone, path: "REAL/zone.{fleet}", after_write: {systemd_unit: named.service}}}
            - {name: table, template: {file: csv, path: REAL/table}}
            - {name: note, exec: {command: REAL/note, args: [REAL/notes]}, events: [client.added], max_attempts: 3}
            - {name: follow, stream: {command: REAL/follow, args: [a]}}
            - {name: dropped, max_attempts: 7}

        """;

    private readonly ExecFolder _real = new();

    public void Dispose() => _real.Dispose();

    [Fact]
    public void Nothing_that_the_real_gateway_writes_runs_or_calls_is_left()
    {
        var config = Load();

        var found = Texts(RehearsalConfig.Of(config, "alpha", "/rehearsal")).ToList();

        Texts(config).Count(IsReal).ShouldBeGreaterThan(15);
        found.Where(IsReal).ShouldBeEmpty();
        found.ShouldContain("/rehearsal/clients.db");

        bool IsReal(string text) => text.Contains(_real.Path, StringComparison.Ordinal) || text.Contains("real.example", StringComparison.Ordinal)
            || text.Contains("192.0.2.", StringComparison.Ordinal) || text.Contains("named.service", StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_the_fleet_and_of_its_hooks_are_those_of_the_real_gateway()
    {
        var config = Load();

        var changed = RehearsalConfig.Of(config, "alpha", "/rehearsal");

        (changed.Domain, changed.PruneTimeout, changed.PruneLimit).ShouldBe((config.Domain, config.PruneTimeout, 20));
        var fleet = changed.Fleets.ShouldHaveSingleItem();
        fleet.Tunnel.ShouldBe(config.Fleets[0].Tunnel);
        fleet.Enrollment.IsOpen.ShouldBeTrue();
        (fleet.Client.Preshared, fleet.Hostnames).ShouldBe((false, HostnamePolicy.Suffix));
        fleet.Enrollment.SourceRate.ShouldBe(config.Fleets[0].Enrollment.SourceRate);
        changed.Hooks.List.Select(h => (h.Name, h.Kind?.Key, h.MaxAttempts)).ShouldBe(
            [("chat", "webhook", null), ("zone", "template", null), ("table", "template", null), ("note", "exec", 3), ("follow", "stream", null), ("dropped", "exec", 7)]);
        changed.Hooks.List[3].Events.ShouldBe(["client.added"]);
        ((TemplateConfig)changed.Hooks.List[1].Kind!).IsPerFleet.ShouldBeTrue();
        HookDiscovery.Of(changed).All.Where(h => h.Origin != HookOrigin.BuiltIn).ShouldAllBe(h => h.Inactive == null);
    }

    [Fact]
    public void A_hook_that_does_not_run_on_the_real_gateway_does_not_run_in_a_rehearsal()
    {
        var config = Load();
        File.Delete(_real.File("secret"));
        File.Delete(_real.File("follow"));

        HookDiscovery.Of(RehearsalConfig.Of(config, "alpha", "/rehearsal")).All.Where(h => h.Inactive is not null).Select(h => h.Name).ShouldBe(["chat", "follow"]);
    }

    [Fact]
    public void The_report_says_what_is_not_as_on_the_real_gateway()
    {
        var config = Load();

        RehearsalConfig.Differences(config, config.Fleets[0]).Select(d => d.Split(' ')[1]).ShouldBe(["machines", "database", "went", "programs", "machine", "machines", "were"]);
        RehearsalConfig.Differences(Yaml.Valid(Yaml.Minimal), Yaml.Valid(Yaml.Minimal).Fleets[0]).ShouldHaveSingleItem().ShouldContain("no tunnels");
    }

    private ServerConfig Load()
    {
        Directory.CreateDirectory(_real.File("hooks.d"));
        foreach (var program in new[] { "note", "follow", "hooks.d/50-dropped" })
            _real.Script("exit 1", program);

        _real.Write("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "0600");
        _real.Write("header", "Bearer x", "0600");
        var read = Yaml.Load(Real.Replace("REAL", _real.Path, StringComparison.Ordinal));
        Yaml.Lines(read.Problems).ShouldBe("");
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
