using WgFleet.Fleets;
using WgFleet.Fleets.State;

namespace WgFleet.Http.Api;

/// <summary>
/// A fleet as operators see it. Its prune is <c>on</c>, <c>held</c> or <c>frozen</c>; its state is <c>up</c>, <c>degraded</c> or <c>down</c>,
/// with a reason unless it is up. Its gateway and subnet are IPv6 where it has it; the IPv4 ones are absent where it has no IPv4. The phases are those of its time-table: the present one, and the next of the coming week.
/// </summary>
internal sealed record FleetInfo(
    string Name, string Interface, string Gateway, string Subnet, string ExternalIp, int Port, int Clients, int Online, string Prune, string State, DateTimeOffset StateSince, string? Reason, PhaseInfo? Phase, PhaseInfo? NextPhase, string? Gateway4 = null, string? Subnet4 = null)
{
    public static FleetInfo Of(FleetSnapshot fleet, FleetStatus status, DateTimeOffset now) => new(
        fleet.Config.Name, fleet.Config.Interface, fleet.Config.Network.Gateway.ToString(), fleet.Config.Network.Subnet.ToString(), fleet.Config.ExternalIp, fleet.Config.Port,
        fleet.Count, fleet.CountOnline(now),
        fleet.Frozen is not null ? "frozen" : fleet.Held is not null ? "held" : "on", status.Word, status.Since, status.Reason,
        PhaseInfo.Of(fleet.Phase), PhaseInfo.Of(fleet.Config.Phases.Select(p => p.After(now)).Where(p => p is not null).MinBy(p => p!.From)),
        fleet.Config.Network4?.Gateway.ToString(), fleet.Config.Network4?.Subnet.ToString());
}

/// <summary>All fleets, in the order of the configuration.</summary>
internal sealed record FleetsResponse(IReadOnlyList<FleetInfo> Fleets);
