using WgFleet.Dashboard.Formatting;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>A fleet in numbers.</summary>
/// <param name="Clients">Its clients.</param>
/// <param name="Online">The clients that are online.</param>
/// <param name="ReceivedRate">Bytes received from clients, per second over the last minute.</param>
/// <param name="SentRate">Bytes sent to clients, per second over the last minute.</param>
/// <param name="Newest">The id of the client that registered last; 0 if there is none.</param>
internal readonly record struct FleetTotals(int Clients, int Online, long ReceivedRate, long SentRate, long Newest)
{
    public static FleetTotals Of(FleetSnapshot fleet, ActivityHistory history, DateTimeOffset now)
    {
        var (online, newest) = (0, 0L);
        foreach (var (id, client) in fleet.ById)
        {
            newest = id;
            if (client.Liveness.IsOnline(now))
                online++;
        }

        var (received, sent) = history.Rate(fleet.Config.Name);
        return new(fleet.Count, online, received, sent, newest);
    }

    public string ClientsText => Clients.ToString("N0");

    public string OnlineText => Online.ToString("N0");

    public string ReceivedText => ByteSize.PerSecond(ReceivedRate);

    public string SentText => ByteSize.PerSecond(SentRate);

    /// <summary>The percentage that is online, as the width of a bar.</summary>
    public string OnlinePercent => Clients == 0 ? "0" : (100.0 * Online / Clients).ToString("0.##");
}
