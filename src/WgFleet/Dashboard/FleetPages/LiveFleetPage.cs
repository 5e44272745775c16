using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;
using WgFleet.Queries;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>An open page of a fleet: its totals, and the clients on the page the viewer asked for.</summary>
/// <param name="name">The fleet's name.</param>
/// <param name="query">The part of the client list that the viewer asked for.</param>
/// <param name="newest">
/// The newest client when the page was made, so that one that registers before the stream begins is counted as new; null for the newest client now.
/// </param>
/// <param name="totals">Counts the clients.</param>
/// <param name="health">The state of the fleet.</param>
internal sealed class LiveFleetPage(string name, ClientQuery query, long? newest, TotalsCache totals, FleetHealth health) : ILiveView
{
    private FleetSnapshot? _fleet;
    private LiveClientRow[] _rows = [];
    private long? _newest = newest;
    private int _fresh;

    public bool AddChanges(Snapshot snapshot, DateTimeOffset now, LiveUpdate update)
    {
        if (snapshot.Fleet(name) is not { } fleet)
            return false;

        var numbers = totals.Of(fleet, now);
        update.Set("trouble", StatusText.Of(health.Of(name)));
        update.Set("online", numbers.OnlineText);
        update.Set("clients", numbers.ClientsText);
        update.Set("heading", FleetView.HeadingOf(numbers));
        update.Set("share", numbers.OnlinePercent);
        update.Set("received", numbers.ReceivedText);
        update.Set("sent", numbers.SentText);

        // The order changes only when a client registers, leaves or is renamed. Sorted by traffic, rows would otherwise jump while they are read.
        if (!ReferenceEquals(fleet, _fleet))
            SelectRows(fleet, numbers, update);

        AddRows(now, update);
        return true;
    }

    private void SelectRows(FleetSnapshot fleet, FleetTotals numbers, LiveUpdate update)
    {
        _fleet = fleet;
        _newest ??= numbers.Newest;
        var selection = ClientSelection.Of(fleet, query);
        var before = _rows.ToDictionary(r => r.Client.Id);
        var rows = selection.Clients.Select(c => before.TryGetValue(c.Id, out var known) && ReferenceEquals(known.Client, c) ? known : new LiveClientRow(c)).ToArray();
        update.Set("range", FleetView.RangeOf(selection));
        if (!rows.Select(r => r.Client.Id).SequenceEqual(_rows.Select(r => r.Client.Id)) || _rows.Length == 0)
        {
            update.WriteName("order");
            update.Json.WriteStartArray();
            foreach (var row in rows)
                update.Json.WriteNumberValue(row.Client.Id);

            update.Json.WriteEndArray();
        }

        _rows = rows;
        AddFresh(fleet, update);
    }

    /// <summary>The number of new clients that match the search but are on another page of the list.</summary>
    private void AddFresh(FleetSnapshot fleet, LiveUpdate update)
    {
        var search = query.Search.Length == 0 ? null : new ClientSearch(query.Search);
        var shown = _rows.Select(r => r.Client.Id).ToHashSet();
        var fresh = fleet.ById.Values.Count(c => c.Id > _newest && !shown.Contains(c.Id) && search?.Finds(c) != false);
        if (fresh == _fresh)
            return;

        _fresh = fresh;
        update.WriteName("fresh");
        update.Json.WriteNumberValue(fresh);
    }

    private void AddRows(DateTimeOffset now, LiveUpdate update)
    {
        var isFirst = true;
        foreach (var row in _rows)
        {
            if (!row.TakeChange(now))
                continue;

            if (isFirst)
            {
                update.WriteName("rows");
                update.Json.WriteStartArray();
            }

            isFirst = false;
            row.Write(update.Json, now);
        }

        if (!isFirst)
            update.Json.WriteEndArray();
    }
}
