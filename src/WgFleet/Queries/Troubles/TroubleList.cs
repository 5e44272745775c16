using WgFleet.Access;

namespace WgFleet.Queries.Troubles;

/// <summary>Reads from memory what is wrong with one part of the whole; never blocks for long.</summary>
/// <param name="now">The time.</param>
internal delegate IEnumerable<Trouble> TroubleSource(DateTimeOffset now);

/// <summary>
/// What is wrong now: the one list that pages, the API, <c>wg-fleet status</c> and the metric show. Made anew at each reading
/// from what the other rooms know.
/// </summary>
/// <param name="sources">Where it comes from.</param>
/// <param name="time">The clock.</param>
internal sealed class TroubleList(IEnumerable<TroubleSource> sources, TimeProvider time)
{
    private readonly TroubleSource[] _sources = [.. sources];

    /// <summary>What is wrong now in what the caller may see.</summary>
    public IReadOnlyList<Trouble> Of(Caller caller) => [.. Now().Where(t => (t.Fleet is null ? caller.Everywhere : caller.In(t.Fleet)) >= Permission.Read)];

    /// <summary>Everything that is wrong now: what does not work first, then by kind and by fleet.</summary>
    public IReadOnlyList<Trouble> Now()
    {
        var now = time.GetUtcNow();
        return [.. _sources.SelectMany(source => source(now)).OrderBy(t => t.Severity).ThenBy(t => t.Kind)];
    }
}
