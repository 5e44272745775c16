using System.Globalization;
using WgFleet.Hooks;

namespace WgFleet.Queries;

/// <summary>One thing that happened to a client, with a sentence for people.</summary>
internal sealed record ClientHistoryEntry(long Seq, DateTimeOffset Time, string Type, string Fleet, string Address, string PublicKey, string? Hostname, string Text)
{
    /// <param name="e">An event that is about a client.</param>
    public static ClientHistoryEntry Of(FleetEvent e)
    {
        var client = e.Client!;
        return new(e.Sequence, e.Time, e.Type, client.Fleet, client.Address.ToString(), client.PublicKey, client.Hostname, TextOf(e, client));
    }

    private static string TextOf(FleetEvent e, Client client) => e switch
    {
        ClientAdded { Restored: true } => $"restored by an operator, with {client.Address}",
        ClientAdded => $"registered from {client.RequestAddress}, got {client.Address}",
        ClientHostnameChanged { Previous: null } => $"got the name {client.Hostname}",
        ClientHostnameChanged changed => $"renamed from {changed.Previous} to {client.Hostname}",
        ClientRemoved { Reason: "stale" } => "pruned: silent for longer than prune_timeout",
        ClientRemoved { Reason: "removed" } => "removed by an operator",
        ClientRemoved { Reason: "left" } => "removed: the machine left the fleet",
        ClientRemoved removed => $"removed: {removed.Reason}",
        ClientOnline => "came online",
        ClientOffline offline => string.Create(CultureInfo.InvariantCulture, $"went offline, last seen at {offline.LastSeen.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}"),
        _ => e.Type,
    };
}
