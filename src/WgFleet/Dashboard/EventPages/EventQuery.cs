using System.Globalization;
using System.Net;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Dashboard.EventPages;

/// <summary>The events that a page's query string asks for.</summary>
/// <param name="Fleet">Only of this fleet; empty for all.</param>
/// <param name="Type">Only of this type; empty for all.</param>
/// <param name="Client">Only about the client with this name, address or key; empty for all.</param>
/// <param name="Since">Only since this time, as it was typed; empty for all.</param>
/// <param name="Before">Only before this event; null for the latest.</param>
internal sealed record EventQuery(string Fleet = "", string Type = "", string Client = "", string Since = "", long? Before = null)
{
    /// <summary>A longer field is cut; a full name in DNS is shorter.</summary>
    public const int MaxText = 300;

    /// <summary>Reads a query string.</summary>
    /// <exception cref="RefusedException">A part of it is not understood. It is refused, because otherwise all events would be shown.</exception>
    public static EventQuery From(IQueryCollection query)
    {
        var (type, since, before) = (Text(query, "type"), Text(query, "since"), Text(query, "before"));
        if (type.Length > 0 && !EventTypes.All.Contains(type))
            throw new RefusedException(Refusal.Invalid, $"there is no event '{type}'; there are: {string.Join(", ", EventTypes.All)}");

        if (since.Length > 0 && EventPosition.Parse(since) is not ({ Time: not null } or { Ago: not null }))
            throw new RefusedException(Refusal.Invalid, $"since is '{since}', which is neither a time such as 2026-11-22T08:00:00Z nor a duration before now such as 2h-ago");

        var number = 0L;
        if (before.Length > 0 && !long.TryParse(before, NumberStyles.None, null, out number))
            throw new RefusedException(Refusal.Invalid, $"before is '{before}', which is not an event's number");

        return new(Text(query, "fleet"), type, Text(query, "client"), since, before.Length > 0 ? number : null);
    }

    public bool HasFilter => Fleet.Length + Type.Length + Client.Length + Since.Length > 0;

    public EventFilter ToFilter(DateTimeOffset now) => new(
        Type.Length > 0 ? Type : null,
        Fleet.Length > 0 ? Fleet : null,
        Client.Length == 0 ? null : IPAddress.TryParse(Client, out var address) ? address.ToString() : Client,
        EventPosition.Parse(Since) switch
        {
            { Time: { } time } => time.UtcDateTime,
            { Ago: { } ago } when ago < now - DateTimeOffset.MinValue => (now - ago).UtcDateTime,
            _ => null,
        },
        Before);

    /// <summary>The link to the page with this query.</summary>
    public string Link => "/events" + QueryText(new("before", Before?.ToString()));

    /// <summary>The stream that reports events after <paramref name="head"/>.</summary>
    public string StreamAfter(long head) => "/events/live" + QueryText(new("after", head.ToString()));

    private QueryString QueryText(KeyValuePair<string, string?> position) => QueryString.Create(
        new KeyValuePair<string, string?>[] { new("fleet", Fleet), new("type", Type), new("client", Client), new("since", Since), position }
            .Where(p => !string.IsNullOrEmpty(p.Value)));

    private static string Text(IQueryCollection query, string name)
    {
        var text = (query[name].FirstOrDefault() ?? "").Trim();
        return text.Length > MaxText ? text[..MaxText] : text;
    }
}
