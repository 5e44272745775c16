using System.Globalization;
using WgFleet.Registry;

namespace WgFleet.Dashboard;

/// <summary>One fleet as the front page shows it; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Name">Its name, which is safe in a URL.</param>
/// <param name="Clients">How many clients it has.</param>
/// <param name="Online">How many of them were heard of lately.</param>
/// <param name="Subnet">The subnet addresses are given from.</param>
/// <param name="Port">WireGuard's UDP port.</param>
/// <param name="Held">How many clients a held sweep would remove; 0 if none is held.</param>
/// <param name="IsFrozen">Whether nobody is pruned and no name changes.</param>
public sealed record FleetLine(string Name, int Clients, int Online, string Subnet, int Port, int Held, bool IsFrozen)
{
    internal static FleetLine Of(FleetSnapshot fleet, DateTimeOffset now)
    {
        var online = 0;
        foreach (var (_, member) in fleet.ById)
        {
            if (member.Activity.IsOnline(now))
                online++;
        }

        return new(fleet.Config.Name, fleet.Count, online, fleet.Config.Subnet.ToString(), fleet.Config.Port, fleet.Held?.Ids.Length ?? 0, fleet.Frozen is not null);
    }

    /// <summary>The part that is online, of 100, as a length for a drawing.</summary>
    internal string OnlinePercent => Clients == 0 ? "0" : (100.0 * Online / Clients).ToString("0.##", CultureInfo.InvariantCulture);
}
