using System.Globalization;
using System.Net;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Dashboard;

/// <summary>Which events a reader asks for, as the page's query string says it; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Fleet">Of this fleet; empty for all.</param>
/// <param name="Type">Of this type; empty for all.</param>
/// <param name="Client">About a client of this name, address or key; empty for all.</param>
/// <param name="Since">From this time on, as it was written; empty for all.</param>
/// <param name="Before">Of a smaller number than this; null for the latest.</param>
public sealed record EventQuery(string Fleet = "", string Type = "", string Client = "", string Since = "", long? Before = null)
{
    /// <summary>The most characters of a field that count; a full name has fewer.</summary>
    internal const int MostText = 300;

    /// <summary>Reads a query string; whatever it does not understand is as if it were not there.</summary>
    internal static EventQuery From(IQueryCollection query) => new(
        Text(query, "fleet"),
        Text(query, "type") is var type && EventTypes.All.Contains(type) ? type : "",
        Text(query, "client"),
        EventPosition.Parse(Text(query, "since")) is { Time: not null } or { Ago: not null } ? Text(query, "since") : "",
        long.TryParse(query["before"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null);

    /// <summary>Whether it leaves anything out.</summary>
    internal bool IsFilter => Fleet.Length + Type.Length + Client.Length + Since.Length > 0;

    internal EventFilter ToFilter(DateTimeOffset now) => new(
        Type.Length > 0 ? Type : null,
        Fleet.Length > 0 ? Fleet : null,
        Client.Length == 0 ? null : IPAddress.TryParse(Client, out var address) ? address.ToString() : Client,
        EventPosition.Parse(Since) switch { { Time: { } time } => time.UtcDateTime, { Ago: { } ago } when ago < now - DateTimeOffset.MinValue => (now - ago).UtcDateTime, _ => null },
        Before);

    /// <summary>The link to the page that shows this.</summary>
    internal string Link => "/events" + Text(new("before", Before?.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The stream that tells what is new there.</summary>
    internal string StreamAfter(long head) => "/events/live" + Text(new("after", head.ToString(CultureInfo.InvariantCulture)));

    private QueryString Text(KeyValuePair<string, string?> place) => QueryString.Create(
        new KeyValuePair<string, string?>[] { new("fleet", Fleet), new("type", Type), new("client", Client), new("since", Since), place }.Where(p => !string.IsNullOrEmpty(p.Value)));

    private static string Text(IQueryCollection query, string name)
    {
        var text = (query[name].FirstOrDefault() ?? "").Trim();
        return text.Length > MostText ? text[..MostText] : text;
    }
}
