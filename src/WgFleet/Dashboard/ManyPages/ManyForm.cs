using System.Globalization;
using WgFleet.Dashboard.TokenPages;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Queries.Many;

namespace WgFleet.Dashboard.ManyPages;

/// <summary>What an operator has filled in to change many clients, as text.</summary>
/// <param name="Act">The word of the act.</param>
/// <param name="Set">The tags to set.</param>
/// <param name="Unset">The keys of the tags to unset.</param>
/// <param name="Pattern">The pattern of the new names.</param>
/// <param name="IsAll">Whether all that match are meant, not only those that are ticked.</param>
/// <param name="Ids">The clients that are ticked.</param>
internal sealed record ManyForm(string Act, string Set, string Unset, string Pattern, bool IsAll, IReadOnlyList<long> Ids)
{
    public static ManyForm Read(IFormCollection form) => new(
        form["act"].ToString(),
        form["set"].ToString().Trim(),
        form["unset"].ToString().Trim(),
        form["pattern"].ToString().Trim(),
        form["all"] == "yes",
        [.. form["id"].SelectMany(ids => (ids ?? "").Split(',')).Select(id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)]);

    /// <summary>The plan for the clients that are chosen on the page, in the order of the page.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="matching">The clients that match.</param>
    /// <exception cref="RefusedException">Something is not understood, nobody is chosen, or the act is refused as a whole.</exception>
    public ManyPlan Plan(FleetSnapshot fleet, IReadOnlyList<RegisteredClient> matching)
    {
        var ticked = Ids.ToHashSet();
        return ManyPlan.Of(fleet, IsAll ? matching : [.. matching.Where(c => ticked.Contains(c.Id))], ToAct());
    }

    /// <summary>The plan that was shown, for exactly the clients that it was shown for.</summary>
    /// <exception cref="RefusedException">It would be another plan now, or is refused as a whole.</exception>
    public ManyPlan Shown(FleetSnapshot fleet)
    {
        var (act, clients) = (ToAct(), Ids.Select(id => fleet.ById.GetValueOrDefault(id)).OfType<RegisteredClient>().ToList());

        // Without one of them the numbers in the names of the others would be others than those that were shown.
        return act.Kind == ManyKind.Rename && clients.Count < Ids.Count
            ? throw new RefusedException(Refusal.Conflict, "a client was removed in the meantime; look again")
            : ManyPlan.Of(fleet, clients, act);
    }

    // The fields of other acts may be filled in too: only those of the chosen act count.
    private ManyAct ToAct() => ManyAct.KindOf(Act) switch
    {
        null => throw new RefusedException(Refusal.Invalid, "choose what to do"),
        ManyKind.Tag => new(ManyKind.Tag) { Set = EnrollmentTokenForm.Tags(Set), Unset = Unset.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries) },
        ManyKind.Rename => new(ManyKind.Rename) { Pattern = Pattern },
        { } kind => new(kind),
    };
}
