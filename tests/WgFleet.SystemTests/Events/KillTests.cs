using System.Diagnostics;
using WgFleet.Benchmarks.Kills;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Events;

/// <summary>What hooks are told when the server, and a program that stays running, are killed again and again in the middle of their work. The same a thousand times: <c>bench/run kills</c>.</summary>
public class KillTests
{
    private const int Kills = 50;

    // A slow machine makes do with fewer.
    private const int AtLeast = 12;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    // The program is on the gateway's own disk, below folders that only root can write to, as the server demands.
    private const string Program = """
        #!/bin/sh
        echo "$WGFLEET_EVENT_ID" >> /var/lib/wg-fleet/notes

        """;

    // Notes an event before it answers it.
    private const string Stays = """
        #!/bin/sh
        echo $$ > /var/lib/wg-fleet/stays.pid
        while read -r line; do
            id=${line#*\"id\":\"} id=${id%%\"*}
            [ "$id" = hello ] || echo "$id" >> /var/lib/wg-fleet/streamed
            echo "{\"id\":\"$id\",\"ok\":true}"
        done

        """;

    private const string Config = Gateway.Alpha + """
        hooks:
          exec_dirs: []
          list:
            - name: note
              exec: {command: /var/lib/wg-fleet/note, user: root}
            - name: stays
              stream: {command: /var/lib/wg-fleet/stays, user: root}

        """;

    [Fact]
    public async Task Kill_9_loses_no_committed_event_and_repeats_at_most_one_event_per_kill()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync(
            "sh", "-c", $"cat > /var/lib/wg-fleet/note <<'E'\n{Program}E\ncat > /var/lib/wg-fleet/stays <<'E'\n{Stays}E\ncd /var/lib/wg-fleet; chmod 755 . note stays; touch notes streamed");

        var (ledger, streamed) = (new KillLedger(), new KillLedger());
        var programs = 0;
        var random = new Random(1);
        var started = Stopwatch.GetTimestamp();
        var kills = 0;
        for (; kills < Kills && (kills < AtLeast || Stopwatch.GetElapsedTime(started) < Enough); kills++)
        {
            var server = await gateway.StartAsync(Config);
            var work = Enumerable.Range(0, 4).Select(_ => WorkUntilKilledAsync(gateway, kills)).ToList();

            // Not for something to happen: the point is that the kill comes at no particular moment.
            await Task.Delay(random.Next(400), TestContext.Current.CancellationToken);
            if (kills % 2 == 0)
            {
                // Only the program, while the server goes on.
                await gateway.Machine.RunAsync("sh", "-c", "kill -9 $(cat /var/lib/wg-fleet/stays.pid) || true");
                programs++;
                await Task.Delay(random.Next(400), TestContext.Current.CancellationToken);
            }

            await server.KillAsync();
            await Task.WhenAll(work);
            ledger.Read(Notes(gateway, "notes"));
            streamed.Read(Notes(gateway, "streamed"));
        }

        await gateway.StartAsync(Config);
        await Deadline.UntilAsync("every event is delivered", async () => await gateway.SqlAsync(
            "SELECT count(*) FROM deliveries WHERE state = 'pending' UNION ALL SELECT max(seq) - (SELECT min(cursor) FROM hook_state) FROM events") == "0\n0");
        ledger.Read(Notes(gateway, "notes"));
        streamed.Read(Notes(gateway, "streamed"));

        var committed = (await gateway.SqlAsync("SELECT id FROM events ORDER BY seq")).Split('\n');
        committed.Length.ShouldBeGreaterThan(kills);
        ledger.Lost(committed).ShouldBeEmpty();
        ledger.MadeUp(committed).ShouldBeEmpty();
        ledger.MostAfterAKill.ShouldBeLessThanOrEqualTo(1);

        // An event that was out when the program was killed comes again seconds later, so it cannot be told after which kill.
        streamed.Lost(committed).ShouldBeEmpty();
        streamed.MadeUp(committed).ShouldBeEmpty();
        streamed.Repeats.ShouldBeLessThanOrEqualTo(kills + programs);
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

    private static string[] Notes(Gateway gateway, string file) => File.ReadAllLines(Path.Combine(gateway.Machine.Disk, "var-lib/wg-fleet", file));
}
