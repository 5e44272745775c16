using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Queries.RollCalls;

/// <summary>What is found on a seat, in words: the same in the command, in the API and on the page.</summary>
internal static class SeatWords
{
    /// <summary>A state for people: "wrong seat".</summary>
    public static string Words(this SeatState state) => state.Text().Replace('_', ' ');

    /// <summary>The machines of a seat, and what is wrong with them.</summary>
    public static string Found(SeatReport report, DateTimeOffset now) => report.Clients.Count == 0
        ? "never came"
        : string.Join("; ", report.Clients.Select(c => Name(c.Client) + Remark(report, c, now)));

    /// <summary>A client's name, or its address if it has none.</summary>
    public static string Name(RegisteredClient client) => client.Hostname ?? client.Address.ToString();

    private static string Remark(SeatReport report, SeatedClient client, DateTimeOffset now)
    {
        if (!client.Client.Liveness.IsOnline(now))
            return $", silent since {Utc.Text(client.Client.Liveness.LastSeen)}";

        if (client.Match.Elsewhere is { } other)
            return $", looks as if it were on {other.Name}";

        var runs = client.Client.Facts.GetValueOrDefault(Facts.Image);
        return report.Seat.Image is { } image && runs != image ? $", image {runs ?? "unknown"} instead of {image}" : "";
    }
}
