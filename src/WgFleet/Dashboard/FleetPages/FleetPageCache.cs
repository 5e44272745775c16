using System.Collections.Concurrent;
using WgFleet.Dashboard.Site;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>
/// Keeps the first page of each fleet's client list as bytes: it is rendered when the fleet changes and at most once a second otherwise, however many
/// callers look at it. A page shows times to the second. Pages with a query and those with a form, which has a token of its session, are not kept.
/// </summary>
internal sealed class FleetPageCache
{
    private readonly ConcurrentDictionary<Key, Entry> _entries = new();

    /// <summary>The kept page; null if there is none that is still true.</summary>
    public RenderedPage? Find(HttpContext context, FleetSnapshot fleet, FleetStatus status, DateTimeOffset now) =>
        KeyOf(context, fleet) is { } key && _entries.TryGetValue(key, out var entry)
            && ReferenceEquals(entry.Fleet, fleet) && entry.Status == status && entry.Second == SecondOf(now)
            ? entry.Page : null;

    /// <summary>Keeps the page of this request as soon as it is rendered; null if this page is not to be kept.</summary>
    public Action<byte[]>? Keep(HttpContext context, FleetSnapshot fleet, FleetStatus status, DateTimeOffset now) =>
        KeyOf(context, fleet) is { } key ? html => _entries[key] = new(fleet, status, SecondOf(now), new RenderedPage(html)) : null;

    private static Key? KeyOf(HttpContext context, FleetSnapshot fleet) =>
        new CurrentUser(context) is { HasSession: false, MayChange: false } user && !context.Request.QueryString.HasValue ? new(fleet.Config.Name, user.CanLogIn) : null;

    private static long SecondOf(DateTimeOffset now) => now.UtcTicks / TimeSpan.TicksPerSecond;

    /// <summary>What the page depends on besides the fleet: the frame around it has a login for some callers.</summary>
    private readonly record struct Key(string Fleet, bool CanLogIn);

    private sealed record Entry(FleetSnapshot Fleet, FleetStatus Status, long Second, RenderedPage Page);
}
