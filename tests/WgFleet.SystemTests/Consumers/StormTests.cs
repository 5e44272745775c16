using System.Globalization;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Consumers;

/// <summary>All machines of a room name themselves at the same moment.</summary>
public class StormTests
{
    private const int Clients = 10_000;

    [Fact]
    public async Task Ten_thousand_names_at_once_are_in_the_hosts_file_when_answered_with_few_writes_while_dnsmasq_answers()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        const string Config = Gateway.Alpha + "hosts_file: /run/hosts.d/wg_fleet\nhooks: {await_timeout: 10m}\n";
        await gateway.Machine.RunAsync("mkdir", "/run/hosts.d");
        await gateway.StartAsync(Config);
        await gateway.Server.StopAsync();
        var addresses = (await gateway.AddClientsAsync(Clients)).Values.ToList();
        await gateway.StartAsync(Config);
        await using var dnsmasq = gateway.Machine.Start(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=", "--log-facility=-",
            "--listen-address=127.0.0.1", "--bind-interfaces", "--hostsdir=/run/hosts.d");
        (await gateway.PingForAsync(await gateway.RegisterAsync(), "known")).Status.ShouldBe(200);
        await AnswersAsync(gateway, "known");
        var before = await WritesAsync(gateway);

        var hosts = new HostsReader(gateway.Machine.Seen("/run/hosts.d/wg_fleet"));
        var early = await Task.WhenAll(addresses.Select(async (address, i) =>
        {
            (await gateway.ForwardAsync("/fleet/alpha/ping", address, $$"""{"hostname":"machine-{{i}}"}""")).Status.ShouldBe(200);
            return hosts.Has($"{address} machine-{i}.alpha.example.net") ? null : address;
        }).Append(AnswersAsync(gateway, "known")));

        early.ShouldAllBe(address => address == null);
        // How many exactly is a matter of how long it takes to ask for all of them; bench/run storm, which is faster at that, counts five.
        foreach (var (hook, writes) in await WritesAsync(gateway))
            (writes - before[hook]).ShouldBeInRange(1, Clients / 200, hook);

        await AnswersAsync(gateway, $"machine-{Clients - 1}");
    }

    private static async Task<string?> AnswersAsync(Gateway gateway, string name)
    {
        await Deadline.UntilAsync($"dnsmasq knows {name}", async () =>
            (await gateway.Machine.TryRunAsync("dig", "@127.0.0.1", "+short", "+tries=1", "+time=2", "AAAA", $"{name}.alpha.example.net")).Output.Length > 1);
        return null;
    }

    private static async Task<Dictionary<string, int>> WritesAsync(Gateway gateway)
    {
        const string Series = "wgfleet_projection_writes_total{hook=\"";
        var metrics = (await gateway.Machine.SendAsync(HttpMethod.Get, "http://127.0.0.1:8000/metrics")).Body;
        return metrics.Split('\n').Where(l => l.StartsWith(Series, StringComparison.Ordinal))
            .Select(l => l[Series.Length..].Split("\"} "))
            .ToDictionary(p => p[0], p => int.Parse(p[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Reads the file again only when it is another one.</summary>
    private sealed class HostsReader(string path)
    {
        private HashSet<string> _lines = [];
        private long _version;

        public bool Has(string line)
        {
            lock (this)
            {
                var now = File.GetLastWriteTimeUtc(path).Ticks;
                if (now != _version)
                    (_version, _lines) = (now, [.. File.ReadLines(path)]);

                return _lines.Contains(line);
            }
        }
    }
}
