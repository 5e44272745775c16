using System.Diagnostics;
using System.Globalization;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Events;

/// <summary>The server is killed again and again in the middle of what operators do: each change is done or not, never half.</summary>
public class AdminKillTests
{
    private const int AtLeast = 3;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);

    // Everybody is quiet at once, so every sweep is held and goes only when an operator says so.
    private static readonly string Config = Gateway.Alpha.Replace("prune_timeout: 30m", "prune_timeout: 1s", StringComparison.Ordinal)
        + "prune_interval: 1s\nprune_grace: 0s\nprune_limit: 1%\nprune_limit_from: 1\n";

    [Fact]
    public async Task Kill_9_during_a_change_leaves_it_done_or_undone_and_every_answered_change_done()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var work = new AdminWork(gateway, new Random(seed));
        var server = await gateway.StartAsync(Config);
        await work.OnceAsync();

        var started = Stopwatch.GetTimestamp();
        for (var kills = 0; kills < AtLeast || Stopwatch.GetElapsedTime(started) < Enough; kills++)
        {
            var working = work.UntilKilledAsync();

            // Not for something to happen: the point is that the kill comes at no particular moment.
            await Task.Delay(random.Next(600), TestContext.Current.CancellationToken);
            await server.KillAsync();
            await working;

            var because = string.Create(CultureInfo.InvariantCulture, $"after kill {kills + 1} with seed {seed}");
            await ShouldBeWholeAsync(gateway, work, because);
            server = await gateway.StartAsync(Config);
            await ShouldAgreeAsync(gateway, because);
        }
    }

    /// <summary>What is on disk: clients and tombstones are what the event log tells, and everything that was answered is there.</summary>
    private static async Task ShouldBeWholeAsync(Gateway gateway, AdminWork work, string because)
    {
        (await gateway.SqlAsync("PRAGMA integrity_check")).ShouldBe("ok", because);

        var clients = new Dictionary<string, (string Address, string Hostname)>();
        var removed = new Dictionary<string, string>();
        var last = 0L;
        foreach (var e in await RowsAsync(gateway, "SELECT seq, type, data ->> '$.client.public_key', data ->> '$.client.ip', data ->> '$.client.hostname' FROM events ORDER BY seq"))
        {
            last = long.Parse(e[0], CultureInfo.InvariantCulture);
            switch (e[1])
            {
                case "client.added":
                    clients.ShouldNotContainKey(e[2], because);
                    clients[e[2]] = (e[3], e[4]);
                    removed.Remove(e[2]);
                    break;
                case "client.hostname_changed":
                    clients[e[2]] = (e[3], e[4]);
                    break;
                case "client.removed":
                    clients.Remove(e[2]).ShouldBeTrue(because);
                    removed[e[2]] = e[0];
                    break;
            }
        }

        Lines(await RowsAsync(gateway, "SELECT public_key, assigned_ip, hostname FROM clients")).ShouldBe(Lines(clients.Select(c => new[] { c.Key, c.Value.Address, c.Value.Hostname })), because);
        Lines(await RowsAsync(gateway, "SELECT public_key, seq FROM removed_clients")).ShouldBe(Lines(removed.Select(r => new[] { r.Key, r.Value })), because);
        last.ShouldBeGreaterThanOrEqualTo(work.Sequence, because);

        var pinned = (await RowsAsync(gateway, "SELECT public_key, pinned_at IS NOT NULL FROM clients UNION ALL SELECT public_key, pinned_at IS NOT NULL FROM removed_clients"))
            .ToDictionary(r => r[0], r => r[1] == "1");
        foreach (var (key, expected) in work.Pinned)
            (expected ?? pinned[key]).ShouldBe(pinned[key], $"the pin of {key} {because}");

        var tokens = (await RowsAsync(gateway, "SELECT name, revoked_at IS NULL FROM tokens")).ToDictionary(r => r[0], r => r[1] == "1");
        foreach (var (name, expected) in work.Tokens.Where(t => t.Value is not null))
            tokens[name].ShouldBe(expected!.Value, $"token {name} {because}");

        var frozen = await gateway.SqlAsync("SELECT count(*) FROM frozen_fleets") == "1";
        (work.Frozen ?? frozen).ShouldBe(frozen, because);
    }

    /// <summary>What the next server makes of it: WireGuard and the hosts file hold the clients of the database.</summary>
    private static async Task ShouldAgreeAsync(Gateway gateway, string because)
    {
        var clients = await RowsAsync(gateway, "SELECT public_key, assigned_ip, hostname FROM clients ORDER BY id");
        Lines((await gateway.PeersAsync()).Select(p => new[] { p.Key, p.Value })).ShouldBe(Lines(clients.Select(c => new[] { c[0], c[1] + "/128" })), because);

        var hosts = string.Concat(clients.Where(c => c[2].Length > 0).Select(c => $"{c[1]} {c[2]}.alpha.example.net\n"));
        gateway.HostsFile.ShouldBe(hosts.Length > 0 ? hosts : "\n", because);
    }

    private static async Task<List<string[]>> RowsAsync(Gateway gateway, string sql) =>
        [.. (await gateway.SqlAsync(sql)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('|'))];

    private static string Lines(IEnumerable<string[]> rows) => string.Join('\n', rows.Select(r => string.Join('|', r)).Order(StringComparer.Ordinal));
}
