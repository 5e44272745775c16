using System.Text.RegularExpressions;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>Every configuration that stands in this repository starts the server, as installed, on a machine that has just been set up.</summary>
[OnlyInAll("boots a real systemd")]
public sealed partial class ColdStartTests
{
    private const string Unit = "wg-fleet.service";

    // What the examples name and a reader would have: a certificate, programs, secrets, templates, folders, users.
    private const string Furnish = """
        useradd --system cmdb
        mkdir -p /etc/letsencrypt/live/fleet.example.com /etc/wg-fleet/tls /srv/wg-fleet /srv/export /var/lib/switchboard /var/lib/bind /etc/ansible /run/dnsmasq
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=fleet.example.com \
            -keyout /etc/letsencrypt/live/fleet.example.com/privkey.pem -out /etc/letsencrypt/live/fleet.example.com/fullchain.pem 2>/dev/null
        cp /etc/letsencrypt/live/fleet.example.com/*.pem /etc/wg-fleet/tls
        for program in cmdb presence; do
            printf '#!/bin/sh\n' >/etc/wg-fleet/$program
            chmod 755 /etc/wg-fleet/$program
        done
        umask 077
        for key in cmdb siem siem.old inventory ntfy; do
            echo "whsec_$(head -c 32 /dev/urandom | base64)" >/etc/wg-fleet/$key.key
        done
        echo '{{domain}}' >/etc/wg-fleet/switchboard.hbs
        """;

    private const string Cold = """
        systemctl stop wg-fleet.service
        for interface in $(wg show interfaces); do ip link delete dev $interface; done
        rm -rf /var/lib/wg-fleet/* /srv/wg-fleet/* /etc/wireguard/* /run/wg-fleet/* /run/wg_fleet_hosts /run/prometheus_targets.json
        """;

    [Fact]
    public async Task Every_documented_configuration_starts_from_cold()
    {
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());
        await machine.ShellAsync(Furnish);
        var failures = new List<string>();
        var configurations = Configurations();
        configurations.Count.ShouldBeGreaterThan(15);
        foreach (var (place, yaml) in configurations)
        {
            await machine.ShellAsync(Cold);
            await machine.WriteAsync("/etc/wg-fleet.yaml", yaml);
            var started = await machine.TryRunAsync("systemctl", "start", Unit);
            if (started.ExitCode != 0)
                failures.Add($"{place}: {(await machine.RunAsync("journalctl", "--no-pager", "--output=cat", "--lines=8", "--unit", Unit))}");
            else if ((await machine.TryRunAsync("wg-fleet", "fleets")).ExitCode != 0)
                failures.Add($"{place}: runs, and does not answer");

            await machine.RunAsync("systemctl", "reset-failed");
        }

        failures.ShouldBeEmpty(string.Join("\n", failures));
    }

    [Fact]
    public async Task The_gateways_own_address_in_a_fleet_answers_after_every_boot()
    {
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());
        await machine.WriteAsync("/etc/wg-fleet.yaml", "listen: [\"[fd00:a0a8:34d:a0::1]:8000\"]\n" + UnitConfig.Alpha);
        await machine.RunAsync("systemctl", "enable", Unit);

        await machine.RebootAsync();

        await machine.RunAsync("curl", "-sSf", "http://[fd00:a0a8:34d:a0::1]:8000/readyz");
        (await machine.PropertyAsync(Unit, "NRestarts")).ShouldBe("0");
    }

    /// <summary>Whole files as they are; parts behind a fleet, without hooks that only a server with the reader's own classes would have.</summary>
    private static List<(string Place, string Yaml)> Configurations()
    {
        var pages = Directory.GetFiles(Repository.PathOf("docs"), "*.md").Append(Repository.PathOf("README.md")).Order(StringComparer.Ordinal);
        var found = pages.SelectMany(page => Fence().Matches(File.ReadAllText(page)).Select((m, i) => ($"{Path.GetFileName(page)}, block {i + 1}", m.Groups[1].Value))).ToList();

        // Those in its directories are Prometheus's and Ansible's.
        found.AddRange(Directory.EnumerateFiles(Repository.PathOf("packaging"), "*.yaml").Select(f => (Path.GetFileName(f), File.ReadAllText(f))));

        return
        [
            .. found.Where(f => !f.Item2.StartsWith("#cloud-config", StringComparison.Ordinal))
                .Select(f => (f.Item1, ReadersOwn().Replace(f.Item2, "")))
                .Select(f => (f.Item1, f.Item2.Contains("fleets:\n", StringComparison.Ordinal) ? f.Item2 : UnitConfig.Alpha + f.Item2)),
        ];
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    // An entry of hooks.list that names code and is none of the two that ship: 'inventory' and 'audit' stand for the reader's own.
    [GeneratedRegex(@"^    - name: (inventory|audit)[^\n]*\n(      (?!events|exec|template|webhook)[^\n]*\n)+", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ReadersOwn();
}
