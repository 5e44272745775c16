using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Tests.Harness;
using WgFleet.Tests.Hooks.Projections.Templates;
using WgFleet.Tests.Http.Api;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Metrics;

/// <summary>The rules and the dashboard in packaging/monitoring, as Prometheus reads them.</summary>
public partial class MonitoringTests
{
    private static readonly string Monitoring = ApiDocumentTests.InRepository("packaging/monitoring");
    private static readonly string Rules = Path.Combine(Monitoring, "wg-fleet.rules.yaml");

    [Fact]
    public async Task Promtool_accepts_the_rules_and_each_raises_its_alarm_when_it_should()
    {
        await Tool.RunAsync("promtool", "check", "rules", Rules);
        await Tool.RunAsync("promtool", "test", "rules", Path.Combine(Monitoring, "wg-fleet.rules.test.yaml"));

        var tested = await File.ReadAllTextAsync(Path.Combine(Monitoring, "wg-fleet.rules.test.yaml"), Ct);
        foreach (var alert in Alert().Matches(await File.ReadAllTextAsync(Rules, Ct)).Select(m => m.Groups[1].Value))
            Regex.IsMatch(tested, $@"alertname: {alert}\n\s+exp_alerts:").ShouldBeTrue($"{alert} is not tested");
    }

    [Fact]
    public async Task Every_metric_of_the_rules_and_the_dashboard_is_one_of_the_server()
    {
        await using var server = await StartAsync();
        var there = Family().Matches(await server.Http.GetStringAsync("/metrics", Ct)).Select(m => m.Groups[1].Value).ToHashSet();

        var used = Used().Matches(string.Concat(Directory.EnumerateFiles(Monitoring).Select(File.ReadAllText))).Select(m => m.Value.Replace("_bucket", "")).Distinct().ToList();

        used.Count.ShouldBeGreaterThan(12);
        used.Where(name => !there.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_real_Prometheus_scrapes_the_server_evaluates_all_rules_raises_an_alarm_and_answers_what_the_dashboard_asks()
    {
        using var folder = new Folder();
        await using var receiver = await WebhookReceiver.AnsweringAsync(500);
        var hook = new HookConfig { Name = "tell", Events = [EventTypes.ClientAdded], MaxAttempts = 1, Kind = new WebhookConfig { Url = receiver.Url } };

        // Meters are the whole process's: no other test has a fleet of this name.
        await using var server = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { Name = "watched" }], Hooks = c.Hooks with { List = [hook] } }, TimeProvider.System);
        await server.JoinAsync("watched");
        await File.WriteAllTextAsync(folder.File("prometheus.yaml"), $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [{{Rules}}]
            scrape_configs:
              - job_name: wg-fleet
                static_configs: [{targets: ["127.0.0.1:{{server.Addresses[0].Port}}"]}]

            """, Ct);
        var port = $"{FreePort.Find()}";
        using var prometheus = Tool.Start(
            "prometheus", $"--config.file={folder.File("prometheus.yaml")}", $"--storage.tsdb.path={folder.File("data")}", $"--web.listen-address=127.0.0.1:{port}");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") };

        await Eventually.True(async () => (await AskAsync(http, "alerts")).GetProperty("alerts").EnumerateArray()
            .Any(a => a.GetProperty("labels").GetProperty("alertname").GetString() == "WgFleetDeadLetters" && a.GetProperty("state").GetString() == "firing"));

        var rules = (await AskAsync(http, "rules")).GetProperty("groups").EnumerateArray().SelectMany(g => g.GetProperty("rules").EnumerateArray()).ToList();
        rules.Count.ShouldBeGreaterThan(10);
        rules.ShouldAllBe(r => r.GetProperty("health").GetString() == "ok");

        foreach (var question in Questions())
            (await AskAsync(http, $"query?query={Uri.EscapeDataString(question)}")).GetProperty("resultType").GetString().ShouldBe("vector", question);

        (await ValueAsync(http, """wgfleet_clients{fleet="watched"}""")).ShouldBe("1");
        (await ValueAsync(http, """wgfleet_clients_online{fleet="watched"}""")).ShouldBe("0");
        (await ValueAsync(http, "wgfleet_build_info")).ShouldBe("1");
    }

    /// <summary>What the panels of the dashboard ask, with Grafana's variables filled in.</summary>
    private static IEnumerable<string> Questions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Monitoring, "wg-fleet.dashboard.json")));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(p => p.GetProperty("targets").EnumerateArray())
            .Select(t => t.GetProperty("expr").GetString()!.Replace("$instance", ".*").Replace("$fleet", ".*").Replace("$__rate_interval", "1m"))];
    }

    private static async Task<string?> ValueAsync(HttpClient http, string series) =>
        (await AskAsync(http, $"query?query={Uri.EscapeDataString(series)}")).GetProperty("result").EnumerateArray().Single().GetProperty("value")[1].GetString();

    private static async Task<JsonElement> AskAsync(HttpClient http, string question)
    {
        try
        {
            return (await http.GetFromJsonAsync<JsonElement>(question, Ct)).GetProperty("data");
        }
        catch (HttpRequestException) when (question == "alerts")
        {
            // It has not started yet.
            return JsonDocument.Parse("""{"alerts":[]}""").RootElement;
        }
    }

    [GeneratedRegex(@"alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"^# TYPE (\w+)", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"wgfleet_[a-z_]+")]
    private static partial Regex Used();
}
