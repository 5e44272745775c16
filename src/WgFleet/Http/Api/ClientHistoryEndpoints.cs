using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Http.Machines;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>A client's whole story, from the event log: also of one that is long gone, if the log still has it.</summary>
internal static class ClientHistoryEndpoints
{
    private const int MostLines = 1000;

    public static void MapStories(this ApiRoutes api) => api.Looks.MapGet("/stories/{client}", Story)
        .Says<ClientHistoryResponse>("What happened to the clients that have, or ever had, this address, public key or name", "clients");

    private static async Task<Answer> Story(
        [FromServices] Func<Snapshot> current, [FromServices] EventQueries archive, [FromServices] FleetStore store, [FromServices] ServerConfig config, [FromServices] TimeProvider time, string client, string? fleet, CancellationToken cancellationToken)
    {
        var (snapshot, text) = (current(), client.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        var rows = await archive.AboutAsync(text, fleet, MostLines, cancellationToken);
        RegisteredClient? member = null;
        try
        {
            member = ClientFinder.Find(snapshot, client, fleet);
        }
        catch (RefusedException) when (rows.Count > 0)
        {
            // It is gone, or shares its name with others: the log tells of all of them.
        }

        var lines = rows.Select(EventJson.FromRow).Where(e => e.Client is not null).Select(ClientHistoryEntry.Of).ToList();
        var tombstone = member is null && lines.Count > 0 && store.FindRemoved(lines[^1].PublicKey, fleet, 1) is [var latest] ? latest : null;
        return Answer.Of(
            new ClientHistoryResponse(
                member is null ? null : ClientInfo.Of(member, snapshot.Domain, time.GetUtcNow()),
                tombstone is null ? null : RemovedClientInfo.Of(tombstone, config.TombstoneKeep), lines),
            AdminJson.Default.ClientHistoryResponse);
    }
}

/// <summary>What is, and what was.</summary>
/// <param name="Now">The client as it is; absent if it is gone.</param>
/// <param name="Removed">What is kept of it if it is gone, so that it can be put back; absent if nothing is.</param>
/// <param name="Lines">What happened, the oldest first.</param>
internal sealed record ClientHistoryResponse(ClientInfo? Now, RemovedClientInfo? Removed, IReadOnlyList<ClientHistoryEntry> Lines);

/// <summary>One thing that happened to a client.</summary>
internal sealed record ClientHistoryEntry(long Seq, DateTimeOffset Time, string Type, string Fleet, string Address, string PublicKey, string? Hostname, string Text)
{
    public static ClientHistoryEntry Of(FleetEvent e)
    {
        var client = e.Client!;
        return new(e.Sequence, e.Time, e.Type, client.Fleet, client.Address.ToString(), client.PublicKey, client.Hostname, e switch
        {
            ClientAdded { Restored: true } => $"put back by an operator, with {client.Address}",
            ClientAdded => $"registered from {client.RequestAddress}, got {client.Address}",
            ClientHostnameChanged { Previous: null } => $"got the name {client.Hostname}",
            ClientHostnameChanged changed => $"renamed from {changed.Previous} to {client.Hostname}",
            ClientRemoved { Reason: "stale" } => "removed: nothing was heard of it for longer than prune_timeout",
            ClientRemoved { Reason: "removed" } => "removed: an operator asked for it",
            ClientRemoved { Reason: "left" } => "removed: the machine left the fleet",
            ClientRemoved removed => $"removed: {removed.Reason}",
            ClientOnline => "came online",
            ClientOffline offline => string.Create(CultureInfo.InvariantCulture, $"went offline, last heard of at {offline.LastSeen.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}"),
            _ => e.Type,
        });
    }
}
