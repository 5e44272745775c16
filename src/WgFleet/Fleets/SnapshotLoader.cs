using System.Collections.Immutable;
using System.Net;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>Makes the first snapshot from the rows: sorts clients into the fleets of the config, and says who is left out.</summary>
internal static partial class SnapshotLoader
{
    public static (ImmutableArray<FleetSnapshot> Fleets, long LastId) Build(ServerConfig config, IReadOnlyList<ClientRow> rows, ILogger log)
    {
        var tags = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        var members = config.Fleets.ToDictionary(f => f.Name, _ => new List<RegisteredClient>());
        foreach (var group in rows.GroupBy(r => r.FleetId))
        {
            var fleet = config.Fleets.FirstOrDefault(f => f.Name == group.Key);
            if (fleet is null)
            {
                Log.FleetGone(log, group.Key, group.Count());
                continue;
            }

            var (inside, outside) = (members[group.Key], 0);
            foreach (var row in group)
            {
                if (Read(row, tags) is not { } member)
                    Log.Unreadable(log, row.Id, group.Key);
                else if (!fleet.MayAssign(member.Address))
                    outside++;
                else
                    inside.Add(member);
            }

            if (outside > 0)
                Log.Outside(log, group.Key, outside, fleet.Subnet);
        }

        return ([.. config.Fleets.Select(f => Snapshot(f, members[f.Name]))], rows.Count == 0 ? 0 : rows[^1].Id);
    }

    private static FleetSnapshot Snapshot(FleetConfig fleet, List<RegisteredClient> members) => new(fleet)
    {
        ById = members.ToImmutableSortedDictionary(m => m.Id, m => m),
        ByAddress = members.ToImmutableDictionary(m => m.Address),
        ByHostname = members.Where(m => m.Hostname is not null).ToImmutableDictionary(m => m.Hostname!),
        ByKey = members.ToImmutableDictionary(m => m.PublicKey),
    };

    // Thousands of clients of one token have the same tags, and hold them together as when they came.
    private static IReadOnlyDictionary<string, string> Shared(string? tags, Dictionary<string, IReadOnlyDictionary<string, string>> known)
    {
        if (tags is null)
            return Tags.None;

        if (!known.TryGetValue(tags, out var read))
            known.Add(tags, read = Tags.Read(tags));

        return read;
    }

    private static RegisteredClient? Read(ClientRow row, Dictionary<string, IReadOnlyDictionary<string, string>> tags)
    {
        if (!IPAddress.TryParse(row.AssignedIp, out var address) || !WireGuardKey.TryParse(row.PublicKey, out var key))
            return null;

        var activity = new Liveness(new DateTimeOffset(row.Timestamp, TimeSpan.Zero));
        activity.Restore(row.LastHandshake is { } handshake ? new DateTimeOffset(handshake, TimeSpan.Zero) : null);
        return new RegisteredClient
        {
            Id = row.Id,
            Fleet = row.FleetId,
            Address = address,
            PublicKey = key,
            Hostname = row.Hostname,
            RequestAddress = row.HttpRequestIp,
            RegisteredAt = new DateTimeOffset(row.RegisteredAt ?? row.Timestamp, TimeSpan.Zero),
            Pinned = row.PinnedAt is { } pinned ? new Pin(new DateTimeOffset(pinned, TimeSpan.Zero), row.PinnedBy ?? "") : null,
            OnlineSince = row.OnlineSince is { } online ? new DateTimeOffset(online, TimeSpan.Zero) : null,
            Liveness = activity,
            PruneTimeout = row.PruneTimeout is > 0 and var seconds && seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null,
            Tags = Shared(row.Tags, tags),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Fleet {Fleet} is not in the config: its {Count} clients stay in the database, but are in no file and no tunnel; wg-quick down removes its interface")]
        public static partial void FleetGone(ILogger log, string fleet, int count);

        [LoggerMessage(2, LogLevel.Warning, "{Count} clients of fleet {Fleet} are outside its subnet {Subnet}: they stay in the database and must register again")]
        public static partial void Outside(ILogger log, string fleet, int count, IPNetwork subnet);

        [LoggerMessage(3, LogLevel.Error, "Client {Id} of fleet {Fleet} has no valid address or key in the database: left out")]
        public static partial void Unreadable(ILogger log, long id, string fleet);
    }
}
