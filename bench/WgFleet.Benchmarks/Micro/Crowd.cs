using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Benchmarks.Micro;

/// <summary>A fleet with so many named clients, as the registry holds it.</summary>
internal static class Crowd
{
    public static FleetConfig Fleet { get; } = new()
    {
        Name = "bench",
        Network = new FleetNetwork(IPAddress.Parse("fd00:be::1"), "fd00:be::1", IPNetwork.Parse("fd00:be::/64")),
        ExternalIp = "192.0.2.254",
        Port = 51820,
    };

    public static Snapshot Of(int clients) => new(1, "example.net",
    [
        With(Enumerable.Range(1, clients).Select(id =>
            (new WireGuardKey(RandomNumberGenerator.GetBytes(WireGuardKey.Length)), IPAddress.Parse($"fd00:be::1:{id:x}")))),
    ]);

    /// <summary>A client for each of these keys and addresses.</summary>
    public static FleetSnapshot With(IEnumerable<(WireGuardKey Key, IPAddress Address)> clients)
    {
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var members = clients.Index().Select(c => (Id: c.Index + 1, c.Item.Key, c.Item.Address)).Select(c => new RegisteredClient
        {
            Id = c.Id,
            Fleet = Fleet.Name,
            Address = c.Address,
            PublicKey = c.Key,
            Hostname = $"web-{c.Id:00000}",
            RequestAddress = "192.0.2.1",
            RegisteredAt = now,
            Liveness = new Liveness(now, TimeSpan.FromSeconds(180)),
        }).ToList();

        return new FleetSnapshot(Fleet)
        {
            ById = members.ToImmutableSortedDictionary(m => m.Id, m => m),
            ByAddress = members.ToImmutableDictionary(m => m.Address),
            ByHostname = members.ToImmutableDictionary(m => m.Hostname!),
            ByKey = members.ToImmutableDictionary(m => m.PublicKey),
        };
    }
}
