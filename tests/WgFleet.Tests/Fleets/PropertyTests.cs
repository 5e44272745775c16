using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Tunnels;

namespace WgFleet.Tests.Fleets;

/// <summary>Random operations, against a model of twenty lines; after each step everything must agree.</summary>
public class PropertyTests
{
    private static readonly string[] Names = ["web", "web", "web", "db", "web--2", "web--3", new('x', 63), "--2"];

    private readonly List<ModelClient> _clients = [];
    private readonly List<string> _events = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20261122)]
    public async Task Snapshot_database_WireGuard_and_events_agree_after_any_sequence_of_changes(int seed)
    {
        var random = new Random(seed);
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [Some.Fleet("alpha", "fd00:a::/124", 1), Some.Fleet("beta", "fd00:b::/64", 2)] });
        for (var step = 0; step < 150; step++)
        {
            var what = await StepAsync(test, random);

            test.ShouldAgree();
            Lines(test.Registry.Current.Fleets.SelectMany(f => f.ById.Values).Select(m => $"{m.Id} {m.Fleet} {m.Address} {m.Hostname}"))
                .ShouldBe(Lines(_clients.Select(c => $"{c.Id} {c.Fleet} {c.Address} {c.Hostname}")), $"seed {seed}, step {step}: {what}");
            test.Events.Select(e => e.Sequence).ShouldBeInOrder();
            string.Join('\n', test.Events.Where(e => e is not FleetRepaired).Select(Shown)).ShouldBe(string.Join('\n', _events), $"seed {seed}, step {step}: {what}");
        }

        _clients.ShouldNotBeEmpty();
    }

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));

    private static string Shown(FleetEvent e) => e switch
    {
        ClientHostnameChanged changed => $"{e.Type} {changed.Client.Address} {changed.Previous} -> {changed.Client.Hostname}",
        ClientRemoved removed => $"{e.Type} {removed.Client.Address} {removed.Client.Hostname} {removed.Reason}",
        _ => $"{e.Type} {e.Client!.Address}",
    };

    private async Task<string> StepAsync(TestRegistry test, Random random)
    {
        var fleet = random.Next(3) == 0 ? "beta" : "alpha";
        var client = _clients.Count == 0 ? null : _clients[random.Next(_clients.Count)];
        switch (random.Next(20))
        {
            case < 6:
                await JoinAsync(test, fleet);
                return $"join {fleet}";
            case < 12 when client is not null:
                var asked = Names[random.Next(Names.Length)];
                await NameAsync(test, client, asked);
                return $"name {client.Id} {asked}";
            case < 14 when client is not null:
                (await test.Registry.RemoveAsync(client.Fleet, [client.Id, 999], _ => true, "removed")).ShouldBe(1);
                _clients.Remove(client);
                _events.Add($"client.removed {client.Address} {client.Hostname} removed");
                return $"remove {client.Id}";
            case 14:
                test.WireGuard.Lose("wg_" + fleet);
                await test.Registry.ObserveAsync(fleet, TestRegistry.Ct);
                return $"lose {fleet}";
            case 15:
                test.WireGuard.Meddle("wg_" + fleet, Some.Key(), "fd00:a::5/128");
                if (client is not null)
                    test.WireGuard.Meddle("wg_" + client.Fleet, test.Registry.Current.Fleet(client.Fleet)!.ById[client.Id].PublicKey, null);
                foreach (var each in test.Config.Fleets)
                    await test.Registry.ObserveAsync(each.Name, TestRegistry.Ct);
                return "meddle";
            case 16:
                test.WireGuard.Refuse("wg_" + fleet);
                if (_clients.Count(c => c.Fleet == fleet) < 14)
                {
                    var told = test.Events.Count;
                    await test.JoinAsync(fleet).ShouldThrowAsync<TunnelException>();

                    // A look at the interface may have been the first to fail: then the client was not even added.
                    if (test.Events.Skip(told).FirstOrDefault(e => e is not FleetRepaired)?.Client?.Address is { } taken)
                        _events.AddRange([$"client.added {taken}", $"client.removed {taken}  tunnel"]);
                }

                test.WireGuard.Heal("wg_" + fleet);
                test.Time.Advance(TimeSpan.FromSeconds(5));
                return $"refuse {fleet}";
            case 17:
                Some.Execute(test.Config.Database, "CREATE TRIGGER trouble BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'trouble'); END");
                await test.JoinAsync("beta").ShouldThrowAsync<Exception>();
                Some.Execute(test.Config.Database, "DROP TRIGGER trouble");
                return "database trouble";
            case 18:
                _events.Clear();
                await test.RestartAsync();
                return "restart";
            default:
                test.Time.Advance(TimeSpan.FromMilliseconds(random.Next(1000)));
                return "time";
        }
    }

    private async Task JoinAsync(TestRegistry test, string fleet)
    {
        if (fleet == "alpha" && _clients.Count(c => c.Fleet == fleet) == 14)
        {
            await test.JoinAsync(fleet).ShouldThrowAsync<RefusedException>();
            return;
        }

        var member = await test.JoinAsync(fleet);
        _clients.Add(new ModelClient(member.Id, fleet, member.Address));
        _events.Add($"client.added {member.Address}");
    }

    private async Task NameAsync(TestRegistry test, ModelClient client, string asked)
    {
        var taken = _clients.Where(c => c.Fleet == client.Fleet && c.Hostname is not null).Select(c => c.Hostname!).ToHashSet();
        var numbered = Enumerable.Range(2, 100).Select(n => asked[..Math.Min(asked.Length, 63 - $"--{n}".Length)] + $"--{n}").ToList();
        var expected = client.Hostname == asked || (taken.Contains(asked) && client.Hostname is not null && numbered.Contains(client.Hostname)) ? client.Hostname
            : !taken.Contains(asked) ? asked
            : numbered.First(n => !taken.Contains(n));

        (await test.NameAsync(test.Registry.Current.Fleet(client.Fleet)!.ById[client.Id], asked)).ShouldBe(expected);
        if (expected == client.Hostname)
            return;

        _events.Add($"client.hostname_changed {client.Address} {client.Hostname} -> {expected}");
        client.Hostname = expected;
    }

    private sealed record ModelClient(long Id, string Fleet, IPAddress Address)
    {
        public string? Hostname { get; set; }
    }
}
