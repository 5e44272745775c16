using System.Collections.Immutable;
using System.Net;
using System.Text;
using WgFleet.Config;
using WgFleet.Config.Rosters;
using WgFleet.Config.Yaml;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Rosters;

namespace WgFleet.Fleets;

/// <summary>Makes the first snapshot from the rows: sorts clients into the fleets of the configuration, and logs which are left out.</summary>
internal static partial class SnapshotLoader
{
    public static ImmutableArray<FleetSnapshot> Build(ServerConfig config, LoadedClients rows, IReadOnlyList<FrozenFleet> frozen, IReadOnlyList<StoredRoster> rosters, ILogger log)
    {
        foreach (var (id, fleet, reason) in rows.Unreadable)
            Log.Unreadable(log, id, fleet, reason);

        var clients = config.Fleets.ToDictionary(f => f.Name, _ => new List<RegisteredClient>());
        foreach (var group in rows.Clients.GroupBy(r => r.Fleet))
        {
            if (config.Fleets.FirstOrDefault(f => f.Name == group.Key) is { } fleet)
                clients[fleet.Name] = Sort(fleet, [.. group], log);
            else
                Log.FleetGone(log, group.Key, Quantity.Of(group.Count(), "client"));
        }

        return [.. config.Fleets.Select(f => Snapshot(f with { Roster = RosterOf(f, rosters, log) }, clients[f.Name]) with { FrozenByOperator = FreezeOf(f, frozen, log) })];
    }

    private static List<RegisteredClient> Sort(FleetConfig fleet, List<StoredClient> rows, ILogger log)
    {
        var inside = new List<RegisteredClient>(rows.Count);
        var addresses = new HashSet<IPAddress>();

        // The last one first: WireGuard gives an address to the peer that was set last, so that is the tunnel that works.
        foreach (var row in rows.AsEnumerable().Reverse())
        {
            if (!fleet.Network.MayAssign(row.Address))
                continue;

            // One that the fleet does not give is replaced when the machine registers again.
            var second = row.SecondAddress is { } found && fleet.SecondNetwork?.MayAssign(found) == true ? found : null;
            if (addresses.Add(row.Address))
                inside.Add(new RegisteredClient(row) { SecondAddress = second, Liveness = new Liveness(row.LastPing, fleet.OfflineAfter, row.LastHandshake, row.Endpoint) });
            else
                Log.SameAddress(log, row.Id, fleet.Name, row.Address);
        }

        var outside = rows.Count(r => !addresses.Contains(r.Address));
        if (outside > 0)
            Log.Outside(log, Quantity.Of(outside, "client"), fleet.Name, fleet.Network.Subnet);

        return inside;
    }

    private static Freeze? FreezeOf(FleetConfig fleet, IReadOnlyList<FrozenFleet> frozen, ILogger log)
    {
        if (frozen.FirstOrDefault(f => f.Fleet == fleet.Name) is not { } row)
            return null;

        Log.StillFrozen(log, row.Fleet, row.By, row.Since.UtcDateTime);
        return new Freeze(row.Since, row.By);
    }

    private static Roster? RosterOf(FleetConfig fleet, IReadOnlyList<StoredRoster> rosters, ILogger log)
    {
        if (!fleet.RosterByApi || rosters.FirstOrDefault(r => r.Fleet == fleet.Name) is not { } row)
            return fleet.Roster;

        var findings = new Diagnostics("roster");
        if (RosterFile.Read("roster", Encoding.UTF8.GetBytes(row.Text), findings) is { } roster)
            return new Roster(roster.Path, roster.Seats) { Text = row.Text, Saved = (row.At, row.By) };

        Log.RosterUnreadable(log, fleet.Name, findings.Errors[0].ToString());
        return null;
    }

    private static FleetSnapshot Snapshot(FleetConfig fleet, List<RegisteredClient> clients) => new(fleet)
    {
        ById = clients.ToImmutableSortedDictionary(c => c.Id, c => c),
        ByAddress = clients.SelectMany(c => c.Addresses, (client, address) => KeyValuePair.Create(address, client)).ToImmutableDictionary(),
        ByHostname = clients.Where(c => c.Hostname is not null).ToImmutableDictionary(c => c.Hostname!),
        ByKey = clients.ToImmutableDictionary(c => c.PublicKey),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Fleet {Fleet} is not in the configuration. The database keeps its {Clients}, in no file and without a tunnel; wg-quick down removes its interface")]
        public static partial void FleetGone(ILogger log, string fleet, string clients);

        [LoggerMessage(2, LogLevel.Warning, "The database keeps {Clients} of fleet {Fleet} outside its subnet {Subnet}; such machines must register again")]
        public static partial void Outside(ILogger log, string clients, string fleet, IPNetwork subnet);

        [LoggerMessage(3, LogLevel.Error, "Client {Id} of fleet {Fleet} cannot be read from the database ({Reason}): left out; it must register again")]
        public static partial void Unreadable(ILogger log, long id, string fleet, string reason);

        [LoggerMessage(4, LogLevel.Error, "Client {Id} of fleet {Fleet} has the address {Address} of a later client in the database: left out; it must register again")]
        public static partial void SameAddress(ILogger log, long id, string fleet, IPAddress address);

        [LoggerMessage(6, LogLevel.Error, "The roster of fleet {Fleet} in the database cannot be used ({Reason}): the fleet has none until wg-fleet roster set")]
        public static partial void RosterUnreadable(ILogger log, string fleet, string reason);

        [LoggerMessage(5, LogLevel.Warning, "Fleet {Fleet} is frozen, by {Operator} at {Since:yyyy-MM-dd HH:mm:ss}Z: no client is pruned and no name changes until wg-fleet fleets thaw")]
        public static partial void StillFrozen(ILogger log, string fleet, string @operator, DateTime since);
    }
}
