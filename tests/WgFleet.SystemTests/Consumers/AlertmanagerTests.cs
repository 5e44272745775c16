using System.Text.Json;
using System.Text.RegularExpressions;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Consumers;

/// <summary>Alertmanager takes the alerts of a webhook with the body alertmanager, as docs/webhooks.md configures it.</summary>
public partial class AlertmanagerTests
{
    private const string Alerts = "http://127.0.0.1:9093/api/v2/alerts";

    [Fact]
    public async Task An_alert_begins_when_a_client_goes_offline_and_ends_when_it_is_back()
    {
        await using var lan = await Lan.CreateAsync();
        var documented = Hooks().Match(await File.ReadAllTextAsync(Repository.PathOf("docs/webhooks.md"), TestContext.Current.CancellationToken)).Groups[1].Value
            .Replace("http://alertmanager.example.com:9093/api/v2/alerts", Alerts, StringComparison.Ordinal);
        documented.ShouldContain(Alerts);
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha + documented);
        var config = Path.Combine(gateway.Machine.Disk, "alertmanager.yaml");
        await File.WriteAllTextAsync(config, "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n", TestContext.Current.CancellationToken);
        await using var alertmanager = gateway.Machine.Start(
            "prometheus-alertmanager", $"--config.file={config}", "--storage.path=/run/alertmanager", "--web.listen-address=127.0.0.1:9093", "--cluster.listen-address=");
        await Deadline.UntilAsync("Alertmanager answers", async () =>
            (await gateway.Machine.TryRunAsync("curl", "-sSf", "http://127.0.0.1:9093/-/ready")).ExitCode == 0);

        await TestAsync(gateway, "client.offline");
        var alert = JsonDocument.Parse((await gateway.Machine.SendAsync(HttpMethod.Get, Alerts)).Body).RootElement.EnumerateArray().ShouldHaveSingleItem();
        alert.GetProperty("status").GetProperty("state").GetString().ShouldBe("active");
        alert.GetProperty("labels").EnumerateObject().Select(l => $"{l.Name}={l.Value}")
            .ShouldBe(["alertname=WgFleetClientOffline", "severity=warning", "fleet=alpha", "address=fd00:a0a8:34d:a0::"], ignoreOrder: true);
        alert.GetProperty("annotations").GetProperty("summary").GetString()!.ShouldStartWith("lab in alpha: went offline, last seen at ");
        alert.GetProperty("annotations").GetProperty("hostname").GetString().ShouldBe("lab");
        (alert.GetProperty("endsAt").GetDateTimeOffset() - alert.GetProperty("startsAt").GetDateTimeOffset()).ShouldBe(TimeSpan.FromDays(7));

        await TestAsync(gateway, "client.online");
        (await gateway.Machine.SendAsync(HttpMethod.Get, Alerts)).Body.Trim().ShouldBe("[]");

        // A removal ends it, too.
        await TestAsync(gateway, "client.offline");
        (await gateway.Machine.SendAsync(HttpMethod.Get, Alerts)).Body.ShouldContain("\"state\":\"active\"");
        await TestAsync(gateway, "client.removed");
        (await gateway.Machine.SendAsync(HttpMethod.Get, Alerts)).Body.Trim().ShouldBe("[]");
    }

    private static async Task TestAsync(Gateway gateway, string type)
    {
        var test = await gateway.RunAsync("hooks", "test", "alerts", "--event", type, "--hostname", "lab", "--config", gateway.ConfigFile);
        test.ExitCode.ShouldBe(0, test.Output + test.Error);
        test.Output.ShouldContain("delivered, 200");
        test.Output.ShouldContain("\"alertname\": \"WgFleetClientOffline\"");
    }

    [GeneratedRegex("```yaml\n(hooks:\n  list:\n    - name: alerts\n.*?)```", RegexOptions.Singleline)]
    private static partial Regex Hooks();
}
