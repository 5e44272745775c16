using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Queries.RollCalls;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>Which machines of a fleet's roster are online, and which are online that it does not expect.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Time">The time as of which this is so.</param>
/// <param name="AsExpected">Whether each seat has its machine, and no other machine is online.</param>
/// <param name="Present">How many seats have their machine.</param>
/// <param name="Missing">How many seats have no machine that is online.</param>
/// <param name="Double">How many seats have several machines that are online.</param>
/// <param name="WrongSeat">How many seats have their machine, but at another seat.</param>
/// <param name="OldImage">How many seats have their machine, but not with the image that it should run.</param>
/// <param name="Seats">All seats, in the order of the roster.</param>
/// <param name="Unknown">Clients that are online and that no seat expects.</param>
internal sealed record RollCallInfo(
    string Fleet, DateTimeOffset Time, bool AsExpected, int Present, int Missing, int Double, int WrongSeat, int OldImage, IReadOnlyList<SeatInfo> Seats, IReadOnlyList<SeatClientInfo> Unknown)
{
    public static RollCallInfo Of(RollCall call) => new(
        call.Fleet, call.Time, call.IsAsExpected, call.Count(SeatState.Present), call.Count(SeatState.Missing), call.Count(SeatState.Double),
        call.Count(SeatState.WrongSeat), call.Count(SeatState.OldImage),
        [.. call.Seats.Select(s => SeatInfo.Of(s, call.Time))],
        [.. call.Unknown.Select(c => SeatClientInfo.Of(c, null, call.Time))]);
}

/// <summary>A seat of the roster.</summary>
/// <param name="Seat">The seat as people call it.</param>
/// <param name="State"><c>present</c>, <c>missing</c>, <c>double</c>, <c>wrong_seat</c> or <c>old_image</c>.</param>
/// <param name="Text">What is found there, for people.</param>
/// <param name="Hostname">The name that its machine should have.</param>
/// <param name="Image">The image that its machine should run; absent if any will do.</param>
/// <param name="Row">Where it stands in the hall; absent if the roster does not say.</param>
/// <param name="Column">Where it stands in the hall; absent if the roster does not say.</param>
/// <param name="Clients">The clients that belong there, those that are online first.</param>
internal sealed record SeatInfo(string Seat, string State, string Text, string Hostname, string? Image, int? Row, int? Column, IReadOnlyList<SeatClientInfo> Clients)
{
    public static SeatInfo Of(SeatReport report, DateTimeOffset now) => new(
        report.Seat.Name, report.State.Text(), SeatWords.Found(report, now), report.Seat.Hostname, report.Seat.Image, report.Seat.Place?.Row, report.Seat.Place?.Column,
        [.. report.Clients.Select(c => SeatClientInfo.Of(c.Client, c.Match, now))]);
}

/// <summary>A client in a roll call.</summary>
/// <param name="Address">Its address in the tunnel.</param>
/// <param name="Hostname">Its name; absent if it has none.</param>
/// <param name="PublicKey">Its public key.</param>
/// <param name="Online">Whether it is online.</param>
/// <param name="LastSeen">The latest handshake, ping or received byte.</param>
/// <param name="MatchedBy">The column of the roster by which it belongs on its seat; absent if it belongs on none.</param>
/// <param name="Elsewhere">Another seat, whose switch port it is plugged into or whose name it has; absent if there is none.</param>
/// <param name="Image">The image that it runs; absent if it does not say.</param>
internal sealed record SeatClientInfo(string Address, string? Hostname, string PublicKey, bool Online, DateTimeOffset LastSeen, string? MatchedBy, string? Elsewhere, string? Image)
{
    public static SeatClientInfo Of(RegisteredClient client, SeatMatch? match, DateTimeOffset now) => new(
        client.Address.ToString(), client.Hostname, client.PublicKey.ToString(), client.Liveness.IsOnline(now), client.Liveness.LastSeen,
        match?.By, match?.Elsewhere?.Name, client.Facts.GetValueOrDefault(Facts.Image));
}
