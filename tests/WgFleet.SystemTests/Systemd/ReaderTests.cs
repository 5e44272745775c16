using System.Text.RegularExpressions;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>Services that read files of ours, and are told when those change.</summary>
[OnlyInAll("boots a real systemd")]
public sealed partial class ReaderTests
{
    private const string Unit = "wg-fleet.service";

    // Takes its time until it heeds SIGHUP, as most programs do; before that the signal ends it.
    private const string Reader = """
        #!/bin/bash
        cp /run/names /run/read
        sleep 1
        trap 'cp /run/names /run/read; echo told >>/run/told' HUP
        while :; do sleep 0.1; done

        """;

    [Theory]
    [InlineData("")]
    [InlineData("ExecReload=/usr/bin/kill -HUP $MAINPID")]
    public async Task A_dnsmasq_that_starts_at_the_same_time_survives_and_knows_every_name(string reload)
    {
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha + """
            hooks:
              list:
                - {name: names, template: {file: csv, path: /run/names, after_write: {systemd_unit: reader.service}}, min_interval: 100ms}

            """);
        await machine.WriteAsync("/usr/local/bin/reader", Reader, SandboxTests.Executable);
        await machine.WriteAsync("/etc/systemd/system/reader.service", $"""
            [Unit]
            After={Unit}
            [Service]
            ExecStart=/usr/local/bin/reader
            {reload}
            [Install]
            WantedBy=multi-user.target

            """);
        await machine.RunAsync("systemctl", "enable", Unit, "reader.service");

        for (var boot = 1; boot <= 2; boot++)
        {
            await machine.RebootAsync();
            await machine.ShellAsync("""
                systemctl restart reader.service
                address=$(curl -sSf -X POST http://127.0.0.1:8000/fleet/alpha/register | sed -E 's/.*Address = ([^/\\]*).*/\1/')
                curl -sSf -X POST -H "x-forwarded-for: $address" -H 'content-type: application/json' -d '{"hostname":"boot{boot}"}' http://127.0.0.1:8000/fleet/alpha/ping
                """.Replace("{boot}", $"{boot}", StringComparison.Ordinal));

            await Deadline.UntilAsync("the reader knows the name", async () =>
                (await File.ReadAllTextAsync(machine.Seen("/run/read"))).Contains($"boot{boot}", StringComparison.Ordinal));
            (await machine.PropertyAsync("reader.service", "ActiveState")).ShouldBe("active");
            (await machine.PropertyAsync("reader.service", "NRestarts")).ShouldBe("0");
        }
    }

    [Fact]
    public async Task The_documented_path_unit_for_dnsmasq_follows_many_changes_in_a_few_seconds()
    {
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha);
        await machine.WriteAsync("/etc/dnsmasq.d/fleet.conf", "addn-hosts=/run/wg_fleet_hosts\nno-resolv\nno-dhcp-interface=lo\nlisten-address=127.0.0.1\nbind-interfaces\n");
        await machine.WriteAsync("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1\n");
        var page = (await File.ReadAllTextAsync(Repository.PathOf("docs/operations.md"))).Split("by a systemd path unit")[1];
        var units = Block().Matches(page).Take(2).Select(b => Regex.Replace(b.Groups[1].Value, "^    ", "", RegexOptions.Multiline)).ToList();
        await machine.WriteAsync("/etc/systemd/system/wg-fleet-dns.path", units[0]);
        await machine.WriteAsync("/etc/systemd/system/wg-fleet-dns.service", units[1]);
        await machine.ShellAsync($"systemctl daemon-reload; systemctl start {Unit} dnsmasq.service; systemctl enable --now wg-fleet-dns.path");

        await machine.ShellAsync("""
            address=$(curl -sSf -X POST http://127.0.0.1:8000/fleet/alpha/register | sed -E 's/.*Address = ([^/\\]*).*/\1/')
            for i in $(seq 12); do
                curl -sSf -X POST -H "x-forwarded-for: $address" -H 'content-type: application/json' -d "{\"hostname\":\"name$i\"}" http://127.0.0.1:8000/fleet/alpha/ping
                sleep 0.4
            done
            """);

        await Deadline.UntilAsync("DNS has the last name", async () =>
            (await machine.TryRunAsync("getent", "ahostsv6", "name12.alpha.example.net")).ExitCode == 0, TimeSpan.FromSeconds(20));
        (await machine.PropertyAsync("wg-fleet-dns.path", "ActiveState")).ShouldBe("active");
        (await machine.PropertyAsync("wg-fleet-dns.service", "Result")).ShouldBe("success");
    }

    [Fact]
    public async Task The_documented_directory_for_dnsmasq_exists_at_every_boot_and_DNS_follows_it()
    {
        await using var machine = await SystemdMachine.BootAsync(await DebianRoot.InstalledAsync());
        var page = (await File.ReadAllTextAsync(Repository.PathOf("docs/operations.md"))).Split("## Names in DNS: dnsmasq")[1];
        var yaml = page.Split("```yaml\n")[1].Split("```")[0];
        var dnsmasq = Block().Match(page).Groups[1].Value.Replace("    ", "", StringComparison.Ordinal);
        dnsmasq.ShouldContain("hostsdir=");
        await machine.WriteAsync("/etc/wg-fleet.yaml", UnitConfig.Alpha + yaml);
        await machine.WriteAsync("/etc/dnsmasq.d/wg-fleet.conf", dnsmasq + "no-resolv\nno-dhcp-interface=lo\nlisten-address=127.0.0.1\nbind-interfaces\n");
        await machine.WriteAsync("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1\n");
        await machine.RunAsync("systemctl", "enable", Unit, "dnsmasq.service");

        await machine.RebootAsync();
        await machine.ShellAsync("""
            address=$(curl -sSf -X POST http://127.0.0.1:8000/fleet/alpha/register | sed -E 's/.*Address = ([^/\\]*).*/\1/')
            curl -sSf -X POST -H "x-forwarded-for: $address" -H 'content-type: application/json' -d '{"hostname":"excavator"}' http://127.0.0.1:8000/fleet/alpha/ping
            """);

        (await machine.RunAsync("systemctl", "is-active", Unit, "dnsmasq.service")).ShouldBe("active\nactive\n");
        await Deadline.UntilAsync("DNS has the name", async () => (await machine.TryRunAsync("getent", "ahostsv6", "excavator.alpha.example.net")).ExitCode == 0);
    }

    [GeneratedRegex(@"\n\n((?:    .*\n)+)")]
    private static partial Regex Block();
}
