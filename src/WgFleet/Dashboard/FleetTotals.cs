using System.Globalization;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard;

/// <summary>A fleet in four figures; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Clients">How many clients it has.</param>
/// <param name="Online">How many of them were heard of lately.</param>
/// <param name="ReceivedRate">Bytes a second that come from them at present.</param>
/// <param name="SentRate">Bytes a second that go to them at present.</param>
/// <param name="Newest">The id of the client that came last; 0 if there is none.</param>
public readonly record struct FleetTotals(int Clients, int Online, long ReceivedRate, long SentRate, long Newest)
{
    internal static FleetTotals Of(FleetSnapshot fleet, ActivityHistory history, DateTimeOffset now)
    {
        var (online, newest) = (0, 0L);
        foreach (var (id, member) in fleet.ById)
        {
            newest = id;
            if (member.Liveness.IsOnline(now))
                online++;
        }

        var (received, sent) = history.Rate(fleet.Config.Name);
        return new(fleet.Count, online, received, sent, newest);
    }

    internal string ClientsText => Number(Clients);

    internal string OnlineText => Number(Online);

    internal string ReceivedText => Rate(ReceivedRate);

    internal string SentText => Rate(SentRate);

    /// <summary>The part that is online, of 100, as a length for a drawing.</summary>
    internal string OnlinePercent => Clients == 0 ? "0" : (100.0 * Online / Clients).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Number(int n) => n.ToString("N0", CultureInfo.InvariantCulture);

    private static string Rate(long bytes) => ByteSize.Of(bytes) + "/s";
}
