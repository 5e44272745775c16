using WgFleet.Dashboard.Charts;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Http.Api;
using WgFleet.Queries;

namespace WgFleet.Dashboard;

/// <summary>One client with its story; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Fleet">Its fleet's name, which is safe in a URL.</param>
/// <param name="Asked">What it was asked for by.</param>
/// <param name="Client">The client as it is; null if there is none.</param>
/// <param name="FullName">Its name as DNS has it; null if it has none.</param>
/// <param name="Source">Where its registration came from, in full.</param>
/// <param name="Charts">Its last day; empty if there is none.</param>
/// <param name="Pin">Since when it is never pruned, and by whom; null if it is not pinned.</param>
/// <param name="Removed">What is kept of it if it is gone, so that it can be put back; null if nothing is.</param>
/// <param name="Story">What happened to it, or to all who were ever called what was asked for, the latest first.</param>
public sealed record ClientView(
    string Fleet, string Asked, ClientTableRow? Client, string? FullName, string Source, string? Pin, RemovedPart? Removed, IReadOnlyList<ChartView> Charts, IReadOnlyList<StoryPart> Story)
{
    /// <summary>What the page is about.</summary>
    internal string Title => Client is null ? Asked : Client.Hostname ?? Client.Address;

    /// <summary>The path of its page that stays its own, whoever gets its name or address next.</summary>
    internal string Path => PathOf(Fleet, Client?.PublicKey ?? Removed?.PublicKey ?? Asked);

    internal static ClientView Of(string fleet, string asked, string domain, RegisteredClient? member, RemovedClientInfo? removed, ActivityHistory history, IEnumerable<ClientHistoryEntry> story, DateTimeOffset now)
    {
        var lines = story.Reverse().ToList();

        // A name may have been several machines'.
        var areSeveral = lines.Select(l => l.PublicKey).Distinct().Skip(1).Any();
        return new(
            fleet,
            asked,
            member is null ? null : ClientTableRow.Of(member, now),
            member?.ToClient(domain).Fqdn,
            member?.RequestAddress ?? "",
            member?.Pinned is { } pin ? $"since {DisplayTime.Text(pin.Since)} by {pin.By}: it is not pruned, however long it is quiet" : null,
            removed is null ? null : new(DisplayTime.Of(removed.RemovedAt, now), removed.RemovedBy, DisplayTime.Text(removed.KeptUntil), removed.PublicKey),
            member is null ? [] : [DayCharts.Traffic(history.Of(fleet, member.Id, now))],
            [.. lines.Select(l => new StoryPart(DisplayTime.Of(l.Time, now), l.Type.Replace('.', '-'), l.Text, areSeveral ? l.PublicKey : null))]);
    }

    internal static string PathOf(string fleet, string client) => $"/fleet/{fleet}/clients/{Uri.EscapeDataString(client)}";
}

/// <summary>A client that was removed and can be put back.</summary>
/// <param name="At">When it was removed.</param>
/// <param name="By">Who wanted it; null if nobody did.</param>
/// <param name="Until">How long it can be put back.</param>
/// <param name="PublicKey">Its key.</param>
public sealed record RemovedPart(DisplayTime At, string? By, string Until, string PublicKey);

/// <summary>One thing that happened to a client.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">The type of the event, as a class of CSS.</param>
/// <param name="Text">What.</param>
/// <param name="Machine">The key of whom it happened to, where there are several.</param>
public sealed record StoryPart(DisplayTime At, string Kind, string Text, string? Machine);
