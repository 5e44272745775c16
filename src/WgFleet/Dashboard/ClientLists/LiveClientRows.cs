using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.ClientLists;

/// <summary>The client list of an open page: the clients of the page that its viewer asked for.</summary>
/// <param name="query">The part of the client list that the viewer asked for.</param>
/// <param name="newest">
/// The newest client when the page was made, so that one that registers before the stream begins is counted as new; null for the newest client now.
/// </param>
internal sealed class LiveClientRows(ClientQuery query, long? newest)
{
    /// <summary>How often it is looked who is in a list that depends on the time, such as that of clients online.</summary>
    private static readonly TimeSpan Relook = 3 * LiveStream.Interval;

    private IReadOnlyList<FleetSnapshot> _fleets = [];
    private DateTimeOffset _selected;
    private LiveClientRow[] _rows = [];
    private long? _newest = newest;
    private int _fresh;

    public void AddChanges(IReadOnlyList<FleetSnapshot> fleets, string domain, DateTimeOffset now, LiveUpdate update)
    {
        // The order changes only when a client registers, leaves or is renamed. Sorted by traffic, rows would otherwise jump while they are read.
        if (!fleets.SequenceEqual(_fleets, ReferenceEqualityComparer.Instance) || (query.Filter.DependsOnTime && (now - _selected).Duration() >= Relook))
        {
            (_fleets, _selected) = (fleets, now);
            SelectRows(domain, now, update);
        }

        AddRows(now, update);
    }

    private void SelectRows(string domain, DateTimeOffset now, LiveUpdate update)
    {
        _newest ??= ClientListView.NewestOf(_fleets);
        var selection = ClientSelection.Of(_fleets, query, domain, now);
        var before = _rows.ToDictionary(r => r.Client.Id);
        var rows = selection.Clients.Select(c => before.TryGetValue(c.Id, out var known) && ReferenceEquals(known.Client, c) ? known : new LiveClientRow(c)).ToArray();
        update.Set("range", selection.Range);
        if (!rows.Select(r => r.Client.Id).SequenceEqual(_rows.Select(r => r.Client.Id)) || _rows.Length == 0)
        {
            update.WriteName("order");
            update.Json.WriteStartArray();
            foreach (var row in rows)
                update.Json.WriteNumberValue(row.Client.Id);

            update.Json.WriteEndArray();
        }

        _rows = rows;
        AddFresh(domain, now, update);
    }

    /// <summary>The number of new clients that match but are on another page of the list.</summary>
    private void AddFresh(string domain, DateTimeOffset now, LiveUpdate update)
    {
        var isMeant = query.Filter.Matcher(domain, now);
        var shown = _rows.Select(r => r.Client.Id).ToHashSet();
        var fresh = _fleets.Sum(f => f.ById.Values.Count(c => c.Id > _newest && !shown.Contains(c.Id) && isMeant?.Invoke(c) != false));
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
