using WgFleet.Fleets.State;
using WgFleet.Queries;

namespace WgFleet.Dashboard.Live;

/// <summary>One page of a fleet's clients, as one viewer has asked for it: those who come, go, or are heard of.</summary>
/// <param name="name">The fleet's name.</param>
/// <param name="query">What the viewer has asked for.</param>
/// <param name="newest">The newest client when the page was made, so that nobody is missed who came before the stream; null for as of now.</param>
/// <param name="totals">Counts the clients.</param>
internal sealed class LiveFleetPage(string name, ClientQuery query, long? newest, TotalsCache totals) : ILiveView
{
    private FleetSnapshot? _fleet;
    private ShownRow[] _rows = [];
    private long? _newest = newest;
    private int _fresh;

    public bool Tell(Snapshot snapshot, DateTimeOffset now, LiveUpdate news)
    {
        if (snapshot.Fleet(name) is not { } fleet)
            return false;

        var figures = totals.Of(fleet, now);
        news.Put("online", figures.OnlineText);
        news.Put("clients", figures.ClientsText);
        news.Put("heading", FleetView.HeadingOf(figures));
        news.Put("share", figures.OnlinePercent);
        news.Put("received", figures.ReceivedText);
        news.Put("sent", figures.SentText);

        // As long as nobody comes, goes or is renamed the list stays as it is, also where it is sorted by what changes all the
        // time: rows that jump about cannot be read.
        if (!ReferenceEquals(fleet, _fleet))
            Choose(fleet, figures, news);

        TellRows(now, news);
        return true;
    }

    private void Choose(FleetSnapshot fleet, FleetTotals figures, LiveUpdate news)
    {
        _newest ??= figures.Newest;

        _fleet = fleet;
        var selection = ClientSelection.Of(fleet, query);
        var before = _rows.ToDictionary(r => r.RegisteredClient.Id);
        var rows = selection.Members.Select(m => before.TryGetValue(m.Id, out var known) && ReferenceEquals(known.RegisteredClient, m) ? known : new ShownRow(m)).ToArray();
        news.Put("range", FleetView.RangeOf(selection.First, selection.Last, selection.Found));
        if (!rows.Select(r => r.RegisteredClient.Id).SequenceEqual(_rows.Select(r => r.RegisteredClient.Id)) || _rows.Length == 0)
        {
            news.Say("order");
            news.Json.WriteStartArray();
            foreach (var row in rows)
                news.Json.WriteNumberValue(row.RegisteredClient.Id);

            news.Json.WriteEndArray();
        }

        _rows = rows;
        TellFresh(fleet, news);
    }

    /// <summary>How many have come that the viewer looks for, but does not have on this page.</summary>
    private void TellFresh(FleetSnapshot fleet, LiveUpdate news)
    {
        var search = query.Search.Length == 0 ? null : new ClientSearch(query.Search);
        var shown = _rows.Select(r => r.RegisteredClient.Id).ToHashSet();
        var fresh = fleet.ById.Values.Count(m => m.Id > _newest && !shown.Contains(m.Id) && search?.Finds(m) != false);
        if (fresh == _fresh)
            return;

        _fresh = fresh;
        news.Say("fresh");
        news.Json.WriteNumberValue(fresh);
    }

    private void TellRows(DateTimeOffset now, LiveUpdate news)
    {
        var isAny = false;
        foreach (var row in _rows)
        {
            if (!row.HasChanged(now))
                continue;

            if (!isAny)
            {
                news.Say("rows");
                news.Json.WriteStartArray();
            }

            isAny = true;
            row.Write(news.Json, now);
        }

        if (isAny)
            news.Json.WriteEndArray();
    }
}
