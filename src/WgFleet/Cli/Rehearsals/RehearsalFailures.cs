using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Cli.Rehearsals;

/// <summary>What went wrong in a rehearsal: machines that did not come back, addresses and names that were given twice, hooks that are behind.</summary>
/// <param name="Away">How many machines are not in.</param>
/// <param name="Lines">A line each.</param>
internal sealed record RehearsalFailures(int Away, IReadOnlyList<string> Lines)
{
    /// <param name="machines">The machines at the end.</param>
    /// <param name="mark">From when on a ping of each machine must have been answered.</param>
    /// <param name="clients">The clients that the gateway has at the end.</param>
    /// <param name="behind">The hooks that have not handled every event.</param>
    public static RehearsalFailures Of(
        IReadOnlyList<SimulatedMachine> machines, long mark, IReadOnlyList<ClientInfo> clients, IReadOnlyList<(string Name, long Behind)> behind)
    {
        var byKey = clients.ToDictionary(c => c.PublicKey);
        var away = machines.Where(m => m.AnsweredAt < mark).ToList();
        List<string> lines =
        [
            .. away.Select(m => $"{m.Name} (machine {m.Number}) is not {(m.AnsweredAt > 0 ? "back" : "in")}: {m.LastAnswer}"),
            .. machines.Except(away).SelectMany(m => Differences(m, byKey.GetValueOrDefault(m.Key.ToString()))),
            .. Twice(machines, m => m.Key.ToString()).Select(twice => $"{twice.Machines} have one key still, and so one address"),
            .. Twice(machines.DistinctBy(m => m.Key), m => m.Address).Select(twice => $"address {twice.Value} was given to {twice.Machines}"),
            .. Twice(machines.DistinctBy(m => m.Key), m => m.FullName).Select(twice => $"name {twice.Value} was given to {twice.Machines}"),
            .. behind.Select(h => $"hook {h.Name} is still behind by {Quantity.Of(h.Behind, "event")}"),
        ];
        return new(away.Count, lines);
    }

    private static IEnumerable<string> Differences(SimulatedMachine machine, ClientInfo? client)
    {
        var who = $"{machine.Name} (machine {machine.Number})";
        if (client is null)
            yield return $"{who} is answered, but the gateway has no client with its key";
        else if (client.Address != machine.Address)
            yield return $"{who} was told {machine.Address}, but the gateway has it at {client.Address}";
        else if (client.Fqdn != machine.FullName)
            yield return $"{who} was told the name {machine.FullName}, but the gateway has {client.Fqdn ?? "none"}";
    }

    private static IEnumerable<(string Value, string Machines)> Twice(IEnumerable<SimulatedMachine> machines, Func<SimulatedMachine, string?> value) =>
        machines.Where(m => value(m) is not null).GroupBy(m => value(m)!).Where(g => g.Count() > 1)
            .Select(g => (g.Key, string.Join(" and ", g.Select(m => $"machine {m.Number}"))));
}
