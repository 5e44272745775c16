using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Events;

/// <summary>What hooks are told when the server is killed again and again in the middle of its work.</summary>
public class KillTests
{
    private const int Kills = 12;

    // The program is on the gateway's own disk, below folders that only root can write to, as the server demands.
    private const string Program = """
        #!/bin/sh
        echo "$WGFLEET_SEQ $WGFLEET_EVENT_ID" >> /var/lib/wg-fleet/notes

        """;

    private const string Config = Gateway.Alpha + """
        hooks:
          exec_dirs: []
          list:
            - name: note
              exec: {command: /var/lib/wg-fleet/note, user: root}

        """;

    [Fact]
    public async Task No_committed_event_is_lost_by_kill_9_and_each_kill_repeats_one_at_most()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("sh", "-c", $"cat > /var/lib/wg-fleet/note <<'E'\n{Program}E\nchmod 755 /var/lib/wg-fleet /var/lib/wg-fleet/note");

        var random = new Random(1);
        for (var kill = 0; kill < Kills; kill++)
        {
            var server = await gateway.StartAsync(Config);
            var work = Enumerable.Range(0, 4).Select(_ => WorkUntilKilledAsync(gateway, kill)).ToList();

            // Not for something to happen: the point is that the kill comes at no particular moment.
            await Task.Delay(random.Next(600), TestContext.Current.CancellationToken);
            await server.KillAsync();
            await Task.WhenAll(work);
        }

        await gateway.StartAsync(Config);
        await Deadline.UntilAsync("every event is delivered", async () => await gateway.SqlAsync(
            "SELECT count(*) FROM deliveries WHERE state = 'pending' UNION ALL SELECT max(seq) - (SELECT cursor FROM hook_state) FROM events") == "0\n0");

        var committed = Lines(await gateway.SqlAsync("SELECT seq || ' ' || id FROM events ORDER BY seq"));
        var noted = Lines(await gateway.Machine.RunAsync("cat", "/var/lib/wg-fleet/notes"));
        committed.Length.ShouldBeGreaterThan(Kills);
        noted.Distinct().Order().ShouldBe(committed.Order());
        (noted.Length - committed.Length).ShouldBeLessThanOrEqualTo(Kills);
    }

    private static async Task WorkUntilKilledAsync(Gateway gateway, int round)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                var client = await gateway.RegisterAsync();
                await gateway.PingForAsync(client, $"machine-{round}-{i}");
            }
        }
        catch (HttpRequestException)
        {
            // That was the kill.
        }
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
