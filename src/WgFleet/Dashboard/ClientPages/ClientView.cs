using WgFleet.Dashboard.Charts;
using WgFleet.Dashboard.Formatting;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Http.Api;
using WgFleet.Queries;

namespace WgFleet.Dashboard.ClientPages;

/// <summary>The content of a client's page: a registered client, a removed one, or an unknown one.</summary>
/// <param name="Fleet">The fleet's name, which is safe in a URL.</param>
/// <param name="Asked">The name, address or key in the URL.</param>
/// <param name="Client">The client; null if there is no such client now.</param>
/// <param name="FullName">Its name in DNS; null if it has none.</param>
/// <param name="NamedBy">The operator who gave it its name; null if none did.</param>
/// <param name="Source">The address it registered from, in full.</param>
/// <param name="Pin">Since when it is pinned, and by whom; null if it is not.</param>
/// <param name="Shared">That several machines have its key, in a sentence; null if nothing shows that.</param>
/// <param name="Removed">The removed client that can be restored; null if there is none.</param>
/// <param name="Facts">What the machine says of itself.</param>
/// <param name="Charts">Its traffic; empty if there is no such client now.</param>
/// <param name="History">Its events, the latest first; of a name or address that several clients had, the events of all of them.</param>
internal sealed record ClientView(
    string Fleet,
    string Asked,
    ClientTableRow? Client,
    string? FullName,
    string? NamedBy,
    string Source,
    string? Pin,
    string? Shared,
    RemovedClientView? Removed,
    IReadOnlyDictionary<string, string> Facts,
    IReadOnlyList<ChartView> Charts,
    IReadOnlyList<HistoryEntryView> History)
{
    public string Title => Client is null ? Asked : Client.Hostname ?? Client.Address;

    /// <summary>The page's path, by the public key, which stays the same when the client's name or address goes to another.</summary>
    public string Path => PathOf(Fleet, Client?.PublicKey ?? Removed?.PublicKey ?? Asked);

    public static ClientView Of(
        string fleet,
        string asked,
        string domain,
        RegisteredClient? client,
        RemovedClientInfo? removed,
        ActivityHistory activity,
        IReadOnlyList<ClientHistoryEntry> history,
        DateTimeOffset now)
    {
        var areSeveral = history.Select(e => e.PublicKey).Distinct().Skip(1).Any();
        return new(
            fleet,
            asked,
            client is null ? null : ClientTableRow.Of(client, now),
            client?.ToClient(domain).Fqdn,
            client?.NamedBy,
            client?.RequestAddress ?? "",
            client?.Pinned is { } pin ? $"since {DisplayTime.InSentence(pin.Since)} by {pin.By}: it is never pruned" : null,
            client?.Liveness.Shared(now) is { } shared ? $"since {DisplayTime.InSentence(shared.Since)} {shared.Text}" : null,
            removed is null ? null : new(DisplayTime.Of(removed.RemovedAt, now), removed.RemovedBy, DisplayTime.InSentence(removed.KeptUntil), removed.PublicKey),
            client?.Facts ?? Store.Facts.None,
            client is null ? [] : [DayCharts.Traffic(activity.Of(fleet, client.Id, now))],
            [.. history.Reverse().Select(e => new HistoryEntryView(DisplayTime.Of(e.Time, now), e.Type.Replace('.', '-'), e.Text, areSeveral ? e.PublicKey : null))]);
    }

    public static string PathOf(string fleet, string client) => $"/fleet/{fleet}/clients/{Uri.EscapeDataString(client)}";
}

/// <summary>A removed client that can be restored.</summary>
/// <param name="At">When it was removed.</param>
/// <param name="By">The operator who removed it; null if it was pruned.</param>
/// <param name="Until">Until when it can be restored.</param>
/// <param name="PublicKey">Its public key.</param>
internal sealed record RemovedClientView(DisplayTime At, string? By, string Until, string PublicKey);

/// <summary>One event of a client.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Kind">The event's type as a CSS class.</param>
/// <param name="Text">What happened, in words.</param>
/// <param name="PublicKey">The client's key where the events are of several clients; otherwise null.</param>
internal sealed record HistoryEntryView(DisplayTime At, string Kind, string Text, string? PublicKey);
