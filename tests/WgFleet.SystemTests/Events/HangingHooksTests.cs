using System.Text.Json;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Events;

/// <summary>Hooks that hang, all at once. How much slower answers get by them, which is nothing: <c>bench/run badhooks</c>.</summary>
public class HangingHooksTests
{
    // The endpoint is a port whose connections nobody accepts.
    private const string Prepare = """
        set -e
        chmod 755 /var/lib/wg-fleet
        printf '#!/bin/sh\nsleep 30\n' > /var/lib/wg-fleet/sleep
        chmod 755 /var/lib/wg-fleet/sleep
        """;

    private const string Config = Gateway.Alpha + """
        hooks:
          exec_dirs: []
          list:
            - {name: sleeps, exec: {command: /var/lib/wg-fleet/sleep, user: root, timeout: 1m}}
            - {name: hangs, webhook: {url: "http://127.0.0.1:9", timeout: 1m}}

        """;

    private const string Deaf = "import socket,time; s=socket.create_server(('127.0.0.1', 9)); time.sleep(3600)";

    [Fact]
    public async Task Requests_are_answered_while_a_webhook_hangs_and_a_program_sleeps()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("sh", "-c", Prepare);
        await using var endpoint = gateway.Machine.Start("python3", "-c", Deaf);
        await Deadline.UntilAsync("the endpoint listens", async () => (await gateway.Machine.RunAsync("ss", "-ltn")).Contains("127.0.0.1:9 ", StringComparison.Ordinal));
        await gateway.StartAsync(Config);

        await WorkAsync(gateway, "before");
        await Deadline.UntilAsync("both wait", async () => await WaitingAsync(gateway, "sleeps") > 0 && await WaitingAsync(gateway, "hangs") > 0);
        await WorkAsync(gateway, "after");

        gateway.HostsFile.ShouldContain(" after-9.alpha.example.net");
        foreach (var hook in new[] { "sleeps", "hangs" })
            (await WaitingAsync(gateway, hook)).ShouldBeGreaterThan(0, hook);
    }

    /// <summary>Machines join, name themselves and ping, and each is answered.</summary>
    private static async Task WorkAsync(Gateway gateway, string name)
    {
        for (var i = 0; i < 10; i++)
        {
            var client = await gateway.RegisterAsync();
            (await gateway.PingForAsync(client, $"{name}-{i}")).Status.ShouldBe(200);
            (await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => gateway.PingForAsync(client)))).ShouldAllBe(a => a.Status == 200);
        }
    }

    private static async Task<int> WaitingAsync(Gateway gateway, string hook) => (await FactsAsync(gateway, hook)).GetProperty("waiting").GetInt32();

    private static async Task<JsonElement> FactsAsync(Gateway gateway, string hook)
    {
        using var json = JsonDocument.Parse((await gateway.RunAsync("hooks", "list", "--json", "--config", gateway.ConfigFile)).Succeeded("hooks list"));
        return json.RootElement.EnumerateArray().Single(h => h.GetProperty("name").GetString() == hook).Clone();
    }
}
