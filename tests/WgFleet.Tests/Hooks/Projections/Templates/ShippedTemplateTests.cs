using System.Net;
using System.Text.Json;
using WgFleet.Config;
using WgFleet.Hooks.Projections.Templates;
using WgFleet.Hooks.Templates;

namespace WgFleet.Tests.Hooks.Projections.Templates;

/// <summary>The templates that are shipped, read by the programs they are for.</summary>
public sealed class ShippedTemplateTests : IDisposable
{
    private const string ReverseZone = "0.0.d.f.ip6.arpa";

    private readonly Folder _folder = new();

    private string Output => _folder.File("output");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_shipped_templates_are_those_of_the_configuration() =>
        typeof(TemplateSource).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("Templates/", StringComparison.Ordinal))
            .ShouldBe(TemplateConfig.Shipped.Select(s => $"Templates/{s}.hbs"), ignoreOrder: true);

    [Fact]
    public async Task Dnsmasq_answers_from_the_file_and_reads_it_again_after_a_signal()
    {
        var pid = _folder.File("dnsmasq.pid");
        var names = new Projected("dnsmasq", Output, new AfterWriteConfig { PidFile = pid, ProcessName = "dnsmasq" });
        foreach (var (number, hostname) in new[] { (1, "a1"), (2, "a_b"), (3, "-x"), (4, "0") })
            names.Add("alpha", number, hostname);
        names.Add("alpha", 5, null);
        await names.FailAsync(); // nobody to signal yet

        (await Tool.RunAsync("dnsmasq", "--test", $"--addn-hosts={Output}")).ShouldBeEmpty();
        var port = $"{FreePort.Find()}";
        using var dnsmasq = Tool.Start("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--log-facility=-", $"--port={port}", "--listen-address=127.0.0.1",
            "--bind-interfaces", "--no-resolv", "--no-hosts", $"--addn-hosts={Output}", $"--pid-file={pid}", $"--user={Environment.UserName}", "--local=/example.test/");

        await AnswersAsync(port, "AAAA", "a1.alpha.example.test", "fd00:1::1");
        await AnswersAsync(port, "AAAA", "a_b.alpha.example.test", "fd00:1::2");
        await AnswersAsync(port, "AAAA", "-x.alpha.example.test", "fd00:1::3");
        await AnswersAsync(port, "AAAA", "0.alpha.example.test", "fd00:1::4");
        await AnswersAsync(port, "PTR", Ptr("fd00:1::1"), "a1.alpha.example.test.");

        names.Add("beta", 9, "b9");
        await names.RunAsync();
        await AnswersAsync(port, "AAAA", "b9.beta.example.test", "fd00:2::9");
    }

    [Fact]
    public async Task A_zone_and_the_file_for_dnsmasq_have_the_addresses_that_each_client_has()
    {
        foreach (var template in new[] { "bind-zone", "dnsmasq" })
        {
            var names = new Projected(template, Output)
            {
                Fleets = [Projected.Alpha with { Gateway4 = IPAddress.Parse("10.7.0.1") }, new("only4", "wg_only4", IPAddress.Parse("10.8.0.1"), IPNetwork.Parse("10.8.0.0/24"), 51823) { Gateway4 = IPAddress.Parse("10.8.0.1") }],
            };
            names.Clients.Add(Projected.Client("alpha", 1, "both") with { Address4 = IPAddress.Parse("10.7.0.2") });
            names.Clients.Add(Projected.Client("alpha", 2, "old"));
            names.Clients.Add(Projected.Client("only4", 3, "new") with { Address = IPAddress.Parse("10.8.0.2"), Address4 = IPAddress.Parse("10.8.0.2") });
            await names.RunAsync();

            var lines = await File.ReadAllLinesAsync(Output, TestContext.Current.CancellationToken);
            if (template == "dnsmasq")
            {
                lines[1..].ShouldBe(["fd00:1::1 both.alpha.example.test", "10.7.0.2 both.alpha.example.test", "fd00:1::2 old.alpha.example.test", "10.8.0.2 new.only4.example.test"]);
                continue;
            }

            lines.Where(l => l.Contains(" IN A", StringComparison.Ordinal)).ShouldBe([
                "ns.example.test. IN AAAA fd00:1::ffff", "ns.example.test. IN A 10.7.0.1", "ns.example.test. IN A 10.8.0.1",
                "both.alpha.example.test. IN AAAA fd00:1::1", "both.alpha.example.test. IN A 10.7.0.2", "old.alpha.example.test. IN AAAA fd00:1::2", "new.only4.example.test. IN A 10.8.0.2"]);
            (await Tool.RunAsync("named-checkzone", "example.test", Output)).ShouldContain("OK");
        }
    }

    [Fact]
    public async Task Bind_answers_addresses_and_names_and_loads_a_new_zone_after_a_signal()
    {
        var pid = _folder.File("named.pid");
        var afterWrite = new AfterWriteConfig { PidFile = pid, ProcessName = "named" };
        var zone = new Projected("bind-zone", _folder.File("zone"), afterWrite);
        var reverse = new Projected("bind-reverse", _folder.File("reverse"), afterWrite);
        foreach (var names in new[] { zone, reverse })
        {
            names.Add("alpha", 0xa1, "a1");
            names.Add("beta", 2, "b--2");
            await names.FailAsync(); // nobody to signal yet
        }

        var port = $"{FreePort.Find()}";
        File.WriteAllText(_folder.File("named.conf"), $$"""
            options {
                directory "{{_folder.Path}}"; pid-file "{{pid}}"; session-keyfile none;
                listen-on port {{port}} { 127.0.0.1; }; listen-on-v6 { none; };
                recursion no; dnssec-validation no;
            };
            controls { };
            zone "example.test" { type primary; file "zone"; };
            zone "{{ReverseZone}}" { type primary; file "reverse"; };

            """);
        using var named = Tool.Start("named", "-g", "-c", _folder.File("named.conf"));

        await AnswersAsync(port, "AAAA", "a1.alpha.example.test", "fd00:1::a1");
        await AnswersAsync(port, "AAAA", "b--2.beta.example.test", "fd00:2::2");
        await AnswersAsync(port, "PTR", Ptr("fd00:1::a1"), "a1.alpha.example.test.");
        await AnswersAsync(port, "AAAA", "ns.example.test", "fd00:1::ffff\nfd00:2::ffff");
        await AnswersAsync(port, "SOA", "example.test", "ns.example.test. hostmaster.example.test. 102 3600 600 604800 60");

        // It may answer before it has said who it is.
        await Eventually.True(() => File.Exists(pid) && File.ReadAllText(pid).EndsWith('\n'));
        zone.Add("alpha", 3, "a3");
        await zone.RunAsync();
        await AnswersAsync(port, "AAAA", "a3.alpha.example.test", "fd00:1::3");

        // While it reloads, named removes the file and writes it again.
        await Eventually.True(() => File.Exists(pid) && File.ReadAllText(pid).EndsWith('\n'));
        reverse.Add("alpha", 3, "a3");
        await reverse.RunAsync();
        await AnswersAsync(port, "PTR", Ptr("fd00:1::3"), "a3.alpha.example.test.");
        await AnswersAsync(port, "SOA", "example.test", "ns.example.test. hostmaster.example.test. 103 3600 600 604800 60");
    }

    [Theory]
    [InlineData("bind-zone", "example.test", "AAAA")]
    [InlineData("bind-reverse", ReverseZone, "PTR")]
    public async Task A_name_that_bind_refuses_is_left_out_of_the_zone(string template, string zone, string type)
    {
        var names = new Projected(template, Output);
        foreach (var (number, hostname) in new[] { (1, "good"), (2, "a_b"), (3, "-x"), (4, "x-"), (5, "0") })
            names.Add("alpha", number, hostname);
        await names.RunAsync();

        // As named itself treats the names of a zone whose primary it is.
        var loaded = await RecordsAsync(zone);

        string[] hosts = ["good.alpha.example.test.", "0.alpha.example.test."];
        if (type == "PTR")
            loaded.Where(r => r.Type == type).Select(r => r.Data).ShouldBe(hosts, ignoreOrder: true);
        else
            loaded.Where(r => r.Type == type).Select(r => r.Name).ShouldBe([.. hosts, "ns.example.test.", "ns.example.test."], ignoreOrder: true);
        File.ReadAllText(Output).ShouldContain("; left out, since it is no host name by RFC 1123: a_b.alpha.example.test fd00:1::2\n");
    }

    [Fact]
    public async Task A_zone_may_have_another_name_server_and_no_clients()
    {
        foreach (var (template, zone) in new[] { ("bind-zone", "example.test"), ("bind-reverse", ReverseZone) })
        {
            var settings = new Dictionary<string, string> { ["nameserver"] = "dns.example.org" };
            await new Projected(new HookConfig { Name = "zone", Kind = new TemplateConfig { File = template, Path = Output }, Settings = settings }).RunAsync();

            (await RecordsAsync(zone)).ShouldBe(
                [(zone + ".", "SOA", "dns.example.org. hostmaster.example.test. 100 3600 600 604800 60"), (zone + ".", "NS", "dns.example.org.")]);
        }
    }

    [Fact]
    public async Task Ansible_sees_a_group_for_each_fleet_and_a_host_for_each_name()
    {
        var names = new Projected("ansible-inventory", Output) { Fleets = [Projected.Alpha, Projected.Beta, Projected.Beta with { Name = "on" }, Projected.Beta with { Name = "007" }] };
        names.Add("alpha", 1, "a1");
        names.Add("alpha", 2, "0");
        names.Add("alpha", 3, null);
        names.Add("on", 4, "a_b");
        await names.RunAsync();

        using var inventory = JsonDocument.Parse(await Tool.RunAsync("env", $"HOME={_folder.Path}", "LC_ALL=C.UTF-8", "ansible-inventory", "-i", Output, "--list"));

        var root = inventory.RootElement;
        Hosts(root, "alpha").ShouldBe(["a1.alpha.example.test", "0.alpha.example.test"]);
        Hosts(root, "on").ShouldBe(["a_b.on.example.test"]);
        root.GetProperty("all").GetProperty("children").EnumerateArray().Select(g => g.GetString()).ShouldBe(["ungrouped", "alpha", "beta", "on", "007"], ignoreOrder: true);
        root.GetProperty("_meta").GetProperty("hostvars").GetProperty("a1.alpha.example.test").GetProperty("ansible_host").GetString().ShouldBe("fd00:1::1");
    }

    [Fact]
    public async Task Ansible_accepts_an_inventory_without_hosts()
    {
        await new Projected("ansible-inventory", Output).RunAsync();

        using var inventory = JsonDocument.Parse(await Tool.RunAsync("env", $"HOME={_folder.Path}", "LC_ALL=C.UTF-8", "ansible-inventory", "-i", Output, "--list"));

        inventory.RootElement.GetProperty("_meta").GetProperty("hostvars").EnumerateObject().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a1.alpha.example.test", "fd00:1::1")]
    [InlineData("a1.alpha", "fd00:1::1")]
    [InlineData("a_b.beta", "fd00:2::2")]
    [InlineData("a1.beta", "a1.beta")]
    [InlineData("other.example.org", "other.example.org")]
    public async Task Ssh_finds_the_address_by_the_name(string host, string address)
    {
        var names = new Projected("ssh-config", Output);
        names.Add("alpha", 1, "a1");
        names.Add("beta", 2, "a_b");
        names.Add("beta", 3, null);
        await names.RunAsync();

        var settings = await Tool.RunAsync("ssh", "-G", "-F", Output, host);

        settings.Split('\n').ShouldContain($"hostname {address}");
    }

    [Fact]
    public async Task Python_reads_back_every_field_of_the_csv()
    {
        string[] odd = ["192.0.2.1", "a,b", "say \"hi\"", "two\nlines", "", " spaces ", "'", "\r"];
        var names = new Projected("csv", Output);
        foreach (var (index, requestAddress) in odd.Index())
            names.Add("alpha", index + 1, index == 0 ? null : $"a{index}", requestAddress);
        await names.RunAsync();

        using var rows = JsonDocument.Parse(await Tool.RunAsync("python3", "-c", "import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline='')))))", Output));

        rows.RootElement.EnumerateArray().Select(r => r.GetProperty("request_address").GetString()).ShouldBe(odd);
        rows.RootElement[0].EnumerateObject().Select(p => (p.Name, p.Value.GetString())).ShouldBe(
        [
            ("fleet", "alpha"), ("hostname", ""), ("fqdn", ""), ("address", "fd00:1::1"), ("public_key", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="),
            ("request_address", "192.0.2.1"), ("registered_at", "2026-01-02T03:04:05Z"),
        ]);
        rows.RootElement[1].GetProperty("fqdn").GetString().ShouldBe("a1.alpha.example.test");
    }

    /// <summary>What BIND reads in the zone that has been written; fails if it would refuse it.</summary>
    private async Task<List<(string Name, string Type, string Data)>> RecordsAsync(string zone)
    {
        var dump = await Tool.RunAsync("named-checkzone", "-k", "fail", "-q", "-o", "-", "-D", zone, Output);
        return [.. dump.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries))
            .Select(fields => (fields[0], fields[3], string.Join(' ', fields[4..])))];
    }

    private static IEnumerable<string?> Hosts(JsonElement inventory, string group) =>
        inventory.GetProperty(group).GetProperty("hosts").EnumerateArray().Select(h => h.GetString());

    private static string Ptr(string address) => string.Join('.', Nibbles(address).AsEnumerable().Reverse()) + ".ip6.arpa";

    private static string Nibbles(string address) => Convert.ToHexStringLower(System.Net.IPAddress.Parse(address).GetAddressBytes());

    /// <summary>Asks until the answer is this one: a name server needs a moment to start, or to load.</summary>
    private static async Task AnswersAsync(string port, string type, string name, string answer)
    {
        var last = "nothing";
        for (var attempt = 0; attempt < 300; attempt++)
        {
            last = await Tool.RunAsync("sh", "-c", "dig @127.0.0.1 -p \"$1\" +short +time=1 +tries=1 -t \"$2\" -q \"$3\" | sort", "dig", port, type, name);
            if (last.TrimEnd('\n') == answer)
                return;

            await Task.Delay(100, Stage.Ct);
        }

        last.TrimEnd('\n').ShouldBe(answer);
    }
}
