using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Admin;

/// <summary>The fleets of a configuration with machines that are made up, for looking at what a hook would do.</summary>
internal static class SampleState
{
    /// <summary>In each fleet one machine that has a name and one that has none.</summary>
    public static FleetState Of(ServerConfig config)
    {
        var empty = new Snapshot(0, config.Domain, [.. config.Fleets.Select(f => new FleetSnapshot(f))]).ToState();
        return empty with { Clients = [.. empty.Fleets.SelectMany(f => new[] { Client(f, empty.Domain, "test"), Client(f, empty.Domain, null) })] };
    }

    /// <summary>A made-up event of a type, about such a machine.</summary>
    public static FleetEvent Event(ServerConfig config, string type)
    {
        var state = Of(config);
        return EventTypes.Find(type)!.MakeUp(new EventSample(state.Clients.First(), ProductInfo.Version), EventStamp.New(0, DateTimeOffset.UnixEpoch));
    }

    /// <summary>One machine of a fleet, at the subnet's first address, which no client ever has.</summary>
    public static Client Client(Fleet fleet, string domain, string? hostname) => new(
        fleet.Name,
        fleet.Subnet.BaseAddress,
        hostname,
        hostname is null ? null : $"{hostname}.{fleet.Name}.{domain}",
        Convert.ToBase64String(new byte[32]),
        "192.0.2.1",
        DateTimeOffset.UnixEpoch)
    {
        Address4 = fleet.Subnet4?.BaseAddress,
    };
}
